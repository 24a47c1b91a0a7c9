using SafeDb.Migration.Status;
using SafeDb.Schema;

namespace SafeDb.Migration.Plan;

/// <summary>What was found out for a plan, scripts included.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Items">Files and history side by side.</param>
/// <param name="Interrupted">A run that did not come to its end, or null.</param>
/// <param name="HistoryExists">Whether the history table is there.</param>
public sealed record PlanningResult(MigrationPlan Plan, IReadOnlyList<InventoryItem> Items, InterruptedRun? Interrupted, bool HistoryExists)
{
    /// <summary>The migrations that are to be applied or taken back, in the order in which they are applied.</summary>
    public IReadOnlyList<MigrationScript> Pending { get; init; } = [];

    /// <summary>Every migration whose files are there, in order.</summary>
    public IReadOnlyList<MigrationScript> Scripts => [.. Items.Where(item => item.Script is not null).Select(item => item.Script!)];

    /// <summary>The gates about where migrations stand: what a status must warn of.</summary>
    public IEnumerable<GateResult> StandingProblems => Plan.Gates.Where(gate => gate.Answer == GateAnswer.Closed && PlanGates.IsAboutStanding(gate.Id));
}

/// <summary>What folder, history, journal and schema say, before anything is planned.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Format">The format.</param>
/// <param name="Items">Files and history side by side.</param>
/// <param name="Applied">The history's records.</param>
/// <param name="Interrupted">A run that did not come to its end, or null.</param>
/// <param name="HistoryExists">Whether the history table is there.</param>
/// <param name="Schema">The schema without bookkeeping.</param>
internal sealed record Reading(
    string Folder, string Format, IReadOnlyList<InventoryItem> Items, IReadOnlyList<AppliedMigration> Applied, InterruptedRun? Interrupted, bool HistoryExists, DatabaseSchema Schema)
{
    /// <summary>A plan of this state that does nothing yet.</summary>
    public MigrationPlan Plan(MigrationCommand command, TimeProvider clock) => new()
    {
        Database = command.Database.Display, Engine = command.Database.Engine, Folder = Folder, Format = Format, CreatedAt = clock.GetUtcNow(), SchemaFingerprint = Schema.Fingerprint(),
        Migrations = [], Status = [], Gates = [], AllowHazards = command.AllowHazards, Interrupted = Interrupted is null ? null : PlanGates.Describe(Interrupted),
    };
}
