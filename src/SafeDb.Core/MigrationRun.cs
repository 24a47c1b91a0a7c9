using System.Globalization;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Evidence;
using SafeDb.Migration;
using SafeDb.Migration.Plan;

namespace SafeDb;

/// <summary>What a run of migrations did: what <c>Invoke-SafeMigration</c> and <c>Undo-SafeMigration</c> return.</summary>
public sealed record MigrationRun
{
    /// <summary>The run's id.</summary>
    public required string RunId { get; init; }

    /// <summary>The database, without secrets; what <c>-Database</c> takes when it needs none.</summary>
    public required string Database { get; init; }

    /// <summary>Its engine.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>Format of the migrations.</summary>
    public string Format { get; init; } = "";

    /// <summary>How it ended.</summary>
    public required MigrationOutcome Outcome { get; init; }

    /// <summary>Whether the database is in the state that the caller wanted.</summary>
    public bool Succeeded => Outcome is MigrationOutcome.Applied or MigrationOutcome.NothingToDo or MigrationOutcome.Undone or MigrationOutcome.Planned or MigrationOutcome.Baselined;

    /// <summary>When it began, in UTC.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Migrations that this run changed, in order.</summary>
    public IReadOnlyList<MigrationStep> Migrations { get; init; } = [];

    /// <summary>Every gate with its answer.</summary>
    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    /// <summary>What the rehearsal measured, or null when there was none.</summary>
    public RehearsalReport? Rehearsal { get; init; }

    /// <summary>Checks before and after, with their answers.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>Query probes before and after.</summary>
    public IReadOnlyList<ProbeResult> Probes { get; init; } = [];

    /// <summary>The backup that was proved before, or null.</summary>
    public string? Backup { get; init; }

    /// <summary>Moment that the backup shows.</summary>
    public DateTimeOffset? BackupTime { get; init; }

    /// <summary>The way back that was used, or null when none was needed.</summary>
    public WayBackUsed? WayBack { get; init; }

    /// <summary>Fingerprint of the schema before, bookkeeping left out.</summary>
    public string? SchemaBefore { get; init; }

    /// <summary>Fingerprint of the schema after.</summary>
    public string? SchemaAfter { get; init; }

    /// <summary>The failure, or null.</summary>
    public SafeDbError? Error { get; init; }

    /// <summary>What somebody must know though it succeeded.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Who approved it, or null.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Files of evidence: JSON lines, Markdown and HTML report, and after a run that ended well the snapshot of the schema that it left.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];

    /// <summary>The timeline.</summary>
    public IReadOnlyList<RunEvent> Events { get; init; } = [];
}

/// <summary>How a run ended.</summary>
public enum MigrationOutcome
{
    /// <summary>There was nothing to apply.</summary>
    NothingToDo,

    /// <summary>Only the plan was made.</summary>
    Planned,

    /// <summary>Everything is applied and verified.</summary>
    Applied,

    /// <summary>What was asked for is undone, or the interrupted run is; the way back that was used says how.</summary>
    Undone,

    /// <summary>Migrations are recorded as applied; none of them ran.</summary>
    Baselined,

    /// <summary>A gate stopped it before anything changed.</summary>
    Stopped,

    /// <summary>It failed, and the database is as it was before.</summary>
    RolledBack,

    /// <summary>It failed and could not be taken back: a person must look.</summary>
    NeedsPerson,
}

/// <summary>One migration in a run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Direction"><c>up</c> or <c>down</c>.</param>
/// <param name="Duration">Time its statements took.</param>
/// <param name="Statements">Its statements.</param>
public sealed record MigrationStep(string Id, string Name, string Direction, TimeSpan Duration, IReadOnlyList<StatementResult> Statements)
{
    /// <summary>Rows that its statements changed.</summary>
    public long RowsAffected => Statements.Sum(statement => Math.Max(0, statement.RowsAffected));

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Id} {Name} ({Direction}): {Counted.Of(Statements.Count, "statement")}, {Counted.Of(RowsAffected, "row")}, {Duration.TotalSeconds:0.0} s");
}

/// <summary>One statement that ran.</summary>
/// <param name="Index">Number in the script.</param>
/// <param name="Line">Line in the file.</param>
/// <param name="Preview">Its text, literals taken out.</param>
/// <param name="RowsAffected">Rows changed, or -1 when it changes none by nature.</param>
/// <param name="Elapsed">Time it took.</param>
public sealed record StatementResult(int Index, int Line, string Preview, long RowsAffected, TimeSpan Elapsed)
{
    /// <summary>Attempts it needed because of locks.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>Batches it ran in; 0 when it ran whole.</summary>
    public int Batches { get; init; }

    /// <summary>Locks that its transaction held after it, when they were measured.</summary>
    public IReadOnlyList<HeldLock> Locks { get; init; } = [];

    /// <summary>Tables and indexes that it wrote anew, when that was measured.</summary>
    public IReadOnlyList<string> Rewrites { get; init; } = [];

    /// <summary>Bytes of log, when they were measured.</summary>
    public long? LogBytes { get; init; }

    /// <summary>When it began, counted from the begin of the rehearsal or run.</summary>
    public TimeSpan Offset { get; init; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"line {Line}: {Preview} ({(RowsAffected < 0 ? "" : Counted.Of(RowsAffected, "row") + ", ")}{Elapsed.TotalSeconds:0.0} s)");
}

/// <summary>What a rehearsal on the restored copy measured.</summary>
/// <param name="Passed">Whether every migration ran and every check held.</param>
/// <param name="SchemaAfter">Fingerprint of the schema that it led to.</param>
/// <param name="Migrations">The migrations as they ran there.</param>
/// <param name="DataChanges">What became of existing rows.</param>
public sealed record RehearsalReport(bool Passed, string SchemaAfter, IReadOnlyList<MigrationStep> Migrations, IReadOnlyList<TableDataChange> DataChanges)
{
    /// <summary>Time from the first statement to the last.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What cannot be got back from what is there afterwards: in an undo, what the migrations themselves fill in again is no loss.</summary>
    public IReadOnlyList<TableDataChange> Losses { get; init; } = [];

    /// <summary>Which locks were held on what, from when to when, as seen from a second session.</summary>
    public IReadOnlyList<LockSpan> Locks { get; init; } = [];

    /// <summary>Whether the way back and there again led where it must: for what is applied, the down scripts brought schema and rows back; for an undo, up again brought the schema back. Null when there was none to try.</summary>
    public bool? DownRestores { get; init; }

    /// <summary>What differed after it.</summary>
    public IReadOnlyList<string> DownDifferences { get; init; } = [];

    /// <summary>Checks that ran on the copy.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init; } = [];

    /// <summary>What failed, or null.</summary>
    public SafeDbError? Error { get; init; }

    /// <inheritdoc/>
    public override string ToString()
    {
        string back = DownRestores switch { true => "the way back restores", false => "the way back does not restore", _ => "no way back was tried" };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{(Passed ? "passed" : "failed")} in {Duration.TotalSeconds:0.0} s, {Counted.Of(Migrations.Sum(step => step.RowsAffected), "row")} changed, {Counted.Of(Losses.Sum(loss => loss.ValuesLost), "value")} lost, {back}");
    }
}

/// <summary>A lock that was held during a rehearsal.</summary>
/// <param name="Relation">On what.</param>
/// <param name="Mode">In which mode.</param>
/// <param name="From">From when on, counted from the rehearsal's begin; at the earliest.</param>
/// <param name="To">Until when, at the latest.</param>
public sealed record LockSpan(string Relation, string Mode, TimeSpan From, TimeSpan To)
{
    /// <summary>How long it was held at most.</summary>
    public TimeSpan Held => To - From;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Mode} on {Relation} for {Held.TotalSeconds:0.0} s");
}

/// <summary>A check that ran.</summary>
/// <param name="Name">Its name.</param>
/// <param name="When"><c>before</c>, <c>rehearsal</c> or <c>after</c>.</param>
/// <param name="Passed">Whether it held.</param>
/// <param name="Message">What it found.</param>
public sealed record CheckResult(string Name, string When, bool Passed, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} ({When}): {(Passed ? "passed" : "failed")}{(Message.Length == 0 ? "" : $", {Message}")}";
}

/// <summary>A query probe before and after.</summary>
/// <param name="Query">The query, literals taken out.</param>
/// <param name="Before">Time before.</param>
/// <param name="After">Time after.</param>
/// <param name="Slower">Whether its time or cost grew more than the policy lets pass unnoticed.</param>
public sealed record ProbeResult(string Query, TimeSpan Before, TimeSpan After, bool Slower)
{
    /// <summary>The planner's cost before, or null when the engine gives none.</summary>
    public double? CostBefore { get; init; }

    /// <summary>The planner's cost after.</summary>
    public double? CostAfter { get; init; }

    /// <summary>The steps of the plan before.</summary>
    public string PlanBefore { get; init; } = "";

    /// <summary>The steps of the plan after.</summary>
    public string PlanAfter { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Query}: {Before.TotalMilliseconds:0.0} ms before, {After.TotalMilliseconds:0.0} ms after{(Slower ? ", slower" : "")}");
}

/// <summary>The way back that a run used.</summary>
/// <param name="Way"><c>transaction</c>, <c>down script</c> or <c>restore</c>.</param>
/// <param name="Duration">Time it took.</param>
/// <param name="Cost">What it cost, for a person.</param>
public sealed record WayBackUsed(string Way, TimeSpan Duration, string Cost)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Way}, in {Duration.TotalSeconds:0.0} s: {Cost}");
}
