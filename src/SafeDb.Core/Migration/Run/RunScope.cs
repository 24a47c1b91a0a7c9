using System.Diagnostics;

using SafeDb.Addresses;
using SafeDb.Evidence;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>What every step of a run shares.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Database">Where it runs.</param>
/// <param name="Limits">Limits of one attempt.</param>
/// <param name="Retries">Attempts after the first when a lock is not granted.</param>
/// <param name="Events">Where it reports.</param>
public sealed record RunScope(string RunId, DatabaseAddress Database, ExecutionLimits Limits, int Retries, IRunEvents Events)
{
    /// <summary>Whether the journal is written. A rehearsal needs none.</summary>
    public bool Journalled { get; init; }

    /// <summary>Watches every statement, or null.</summary>
    public IStatementWatch? Watch { get; init; }

    /// <summary>The beginning, for offsets in reports.</summary>
    public long Begin { get; init; } = Stopwatch.GetTimestamp();

    /// <summary>How long a backfill waits at a stretch for replicas and load.</summary>
    public TimeSpan BatchPatience { get; init; } = new Configuration.Policy().BatchPatience;

    /// <summary>Shortest wait before another attempt.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>Measures around statements.</summary>
public interface IStatementWatch
{
    /// <summary>Called before a statement.</summary>
    Task BeforeAsync(IDatabaseSession session, CancellationToken cancellationToken);

    /// <summary>Called after a statement, in its transaction if it has one; answers the result with what was measured.</summary>
    Task<StatementResult> AfterAsync(IDatabaseSession session, StatementResult result, CancellationToken cancellationToken);

    /// <summary>Called after the last statement of a transaction: null to go on, or what must be done first, outside it, before all of it runs again.</summary>
    Task<RunAgain?> BeforeCommitAsync(IDatabaseSession session, CancellationToken cancellationToken);
}

/// <summary>A transaction is to be rolled back and run again.</summary>
/// <param name="Why">In words.</param>
/// <param name="Prepare">What must be done before.</param>
public sealed record RunAgain(string Why, Func<CancellationToken, Task> Prepare);

/// <summary>A script to run for a migration.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Script">Its up or down script.</param>
/// <param name="Down">Whether it is the down script.</param>
/// <param name="Finish">Records the end in the history, in the transaction that is open; gets what ran.</param>
public sealed record ScriptJob(MigrationScript Migration, ExecutableScript Script, bool Down, Func<MigrationStep, CancellationToken, Task> Finish)
{
    /// <summary>Segments that took effect in an earlier run.</summary>
    public int SegmentsDone { get; init; }

    /// <summary>Last batch of the next segment that took effect in an earlier run, or null.</summary>
    public string? LastBatchKey { get; init; }

    /// <summary>Whether the beginning stands in the journal already.</summary>
    public bool Resumed { get; init; }

    /// <summary>Whether it is the down script of a migration that is applied in part only.</summary>
    public bool OfHalfApplied { get; init; }

    /// <summary>Records the beginning in the history of tools that do so; null for none.</summary>
    public Func<CancellationToken, Task>? Start { get; init; }

    /// <summary>File of the script, for messages.</summary>
    public string File => Down ? Migration.DownPath ?? Migration.Path : Migration.Path;
}
