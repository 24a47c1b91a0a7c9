namespace SafeDb.Migration.Run;

/// <summary>Another tool, or code of the caller, that changes a database: called with the address of the rehearsal's copy first, and with that of the database itself after.</summary>
public delegate Task MigrationRunner(RunnerCall call, CancellationToken cancellationToken);

/// <summary>What a runner is called with. No record: nothing must ever print the address by accident.</summary>
/// <param name="address">Where to work, as other tools take it, secrets included.</param>
/// <param name="rehearsal">Whether it is the rehearsal's copy.</param>
/// <param name="runId">The run.</param>
public sealed class RunnerCall(string address, bool rehearsal, string runId)
{
    /// <summary>The phase on the copy.</summary>
    public const string Rehearsal = "rehearsal";

    /// <summary>The phase on the database itself.</summary>
    public const string Production = "production";

    /// <summary><see cref="Rehearsal"/> or <see cref="Production"/>.</summary>
    public string Phase => rehearsal ? Rehearsal : Production;

    /// <summary>The run.</summary>
    public string RunId => runId;

    /// <summary>Where to work, secrets included. A method, so that serialisers and formatters never touch it.</summary>
    public string GetAddress() => address;
}
