using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Migration.Run;
using SafeDb.Observation;

namespace SafeDb.Migration.Plan;

/// <summary>What a caller wants done with migrations.</summary>
/// <param name="Database">The database.</param>
/// <param name="Folder">The folder of the migrations.</param>
public sealed record MigrationCommand(DatabaseAddress Database, string Folder)
{
    /// <summary>The format, or null to detect it.</summary>
    public string? Format { get; init; }

    /// <summary>The policy that holds.</summary>
    public Policy Policy { get; init; } = Policy.Production;

    /// <summary>The database's settings: invariants, probes, hooks.</summary>
    public DatabaseSettings? Settings { get; init; }

    /// <summary>Hazards and gates that the caller allows by name.</summary>
    public IReadOnlyList<string> AllowHazards { get; init; } = [];

    /// <summary>The last migration to apply, or null for all.</summary>
    public string? Target { get; init; }

    /// <summary>Server or folder for databases that stand aside; null for the database's own.</summary>
    public DatabaseAddress? Scratch { get; init; }

    /// <summary>How long to wait for another run to end. Never nothing by default: a server may keep the lock of a process that has just ended for a moment.</summary>
    public TimeSpan LockWait { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where evidence and reports go, or null for none on disk.</summary>
    public string? EvidenceFolder { get; init; }

    /// <summary>Who approved the run, for the evidence.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Whether the database is in maintenance while it is changed.</summary>
    public bool Maintenance { get; init; }

    /// <summary>Another tool that makes the change, in the place of the folder's migrations; null for these.</summary>
    public MigrationRunner? Runner { get; init; }

    /// <summary>Told of the run's moments, after the configured commands; a failure before the run stops it. Null for nobody.</summary>
    public RunCallback? Callback { get; init; }

    /// <summary>Called with a plan that would change something and may run, before its backup and rehearsal: a caller who could not confirm it later throws here. Null when there is nothing to ask.</summary>
    public Action<MigrationPlan>? BeforeRehearsal { get; init; }

    /// <summary>Where the operation reports.</summary>
    public IOperationObserver Observer { get; init; } = SilentObserver.Instance;

    /// <summary>Refuses what makes no sense with a runner.</summary>
    /// <param name="others">Parameters by name, and whether they were given.</param>
    public void RefuseBesideRunner(params (string Name, bool Given)[] others)
    {
        (string Name, bool Given)[] all =
        [
            .. others, ("-Target", Target is not null), ("-Maintenance, which would keep its writes away too", Maintenance),
        ];
        if (Runner is not null && all.FirstOrDefault(other => other.Given) is { Name: { } name })
        {
            throw MigrationErrors.RunnerAlone.Exception(name);
        }
    }

    /// <summary>Everything that is allowed, by the caller or the policy.</summary>
    public IEnumerable<string> Allowed => AllowHazards.Concat(Policy.AllowHazards);
}

/// <summary>A moment of a run at which others are told.</summary>
public enum RunMoment
{
    /// <summary>Everything is prepared, and nothing has changed.</summary>
    Before,

    /// <summary>It succeeded.</summary>
    After,

    /// <summary>It failed after it began to change the database.</summary>
    Failure,
}

/// <summary>Told of a moment of a run, with what is known of the run by then.</summary>
public delegate Task RunCallback(RunMoment moment, MigrationRun run, CancellationToken cancellationToken);
