using SafeDb.Observation;

namespace SafeDb.Migration.Run;

/// <summary>A command line as a runner: it finds the address in environment variables, never among its arguments, where every user of the machine could read it.</summary>
public static class RunnerCommandLine
{
    /// <summary>Where the address stands, as most tools expect it.</summary>
    public const string AddressVariable = "DATABASE_URL";

    /// <summary>Where the phase stands: <c>rehearsal</c> or <c>production</c>.</summary>
    public const string PhaseVariable = "SAFEDB_PHASE";

    /// <summary>A runner out of a command line for the system's shell.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="folder">The folder that it runs in.</param>
    /// <param name="observer">Told what the command says, line by line.</param>
    public static MigrationRunner Of(string line, string folder, IOperationObserver observer) => async (call, cancellationToken) =>
    {
        var shell = new ShellCommand(line, (reason, cause) => cause is null ? MigrationErrors.RunnerFailed.Exception(call.Phase, reason) : MigrationErrors.RunnerFailed.Caused(cause, call.Phase, reason))
        {
            Folder = folder, Said = text => observer.OnMessage(MessageLevel.Information, $"[{call.Phase}] {text}"),
            Variables = new Dictionary<string, string>(StringComparer.Ordinal) { [AddressVariable] = call.GetAddress(), [PhaseVariable] = call.Phase, ["SAFEDB_RUN_ID"] = call.RunId },
        };
        int code = await shell.RunAsync(cancellationToken).ConfigureAwait(false);
        if (code != 0)
        {
            throw MigrationErrors.RunnerFailed.Exception(call.Phase, $"the command ended with exit code {code}.");
        }
    };
}
