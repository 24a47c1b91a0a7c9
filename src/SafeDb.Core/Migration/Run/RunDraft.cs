using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

using SafeDb.Errors;
using SafeDb.Evidence;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Status;
using SafeDb.Migration.Verify;
using SafeDb.Schema;

namespace SafeDb.Migration.Run;

/// <summary>A run's result while it is being made.</summary>
internal sealed class RunDraft
{
    private readonly MigrationCommand _command;
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _startedAt;
    private readonly long _begin = Stopwatch.GetTimestamp();
    private SafeDbError? _error;
    private WayBackUsed? _wayBack;
    private string _runId;

    private RunDraft(MigrationCommand command, MigrationContext context, string runId, EvidenceFile? evidence)
    {
        _command = command;
        _runId = runId;
        _clock = context.Clock;
        _startedAt = _clock.GetUtcNow();
        Evidence = evidence;
        Log = new RunLog(runId, context.Clock, command.Observer, evidence);
    }

    public EvidenceFile? Evidence { get; }

    public RunLog Log { get; }

    /// <summary>The run's id; that of the run which is finished, when one is.</summary>
    public string RunId => _runId;

    public PlanningResult? Planning { get; private set; }

    public MigrationOutcome Outcome { get; set; } = MigrationOutcome.Stopped;

    public RehearsalReport? Rehearsal { get; set; }

    public ProvenBackup? Backup { get; set; }

    public string? SchemaAfter { get; set; }

    /// <summary>The schema as it was last read of the database, or null.</summary>
    public DatabaseSchema? SchemaLeft { get; set; }

    /// <summary>Whether the run's own journal is in the database: from then on a failure must be taken back.</summary>
    public bool Journalled { get; set; }

    public List<MigrationStep> Steps { get; } = [];

    public List<GateResult> Gates { get; } = [];

    public List<CheckResult> Checks { get; } = [];

    public List<ProbeResult> Probes { get; } = [];

    public List<string> Warnings { get; } = [];

    public static RunDraft Begin(MigrationCommand command, MigrationContext context)
    {
        string id = context.Clock.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) + "-" + Convert.ToHexString(RandomNumberGenerator.GetBytes(4)).ToLowerInvariant();
        EvidenceFile? evidence = command.EvidenceFolder is null ? null : EvidenceFile.Create(command.EvidenceFolder, id);
        var draft = new RunDraft(command, context, id, evidence);
        draft.Log.Say("begin", $"A run on {command.Database.Display} begins{(command.ApprovedBy is null ? "" : $", approved by {command.ApprovedBy}")}.");
        draft.Log.Phase("lock, plan, gates");
        return draft;
    }

    public RunScope Scope(MigrationCommand command) =>
        new(_runId, command.Database, new ExecutionLimits(command.Policy.LockTimeout, command.Policy.StatementTimeout), command.Policy.LockRetries, Log) { Journalled = true, BatchPatience = command.Policy.BatchPatience };

    public void Take(PlanningResult planning)
    {
        Planning = planning;
        bool down = planning.Plan.Direction == MigrationPlan.Down;
        Log.Say("plan", planning.Interrupted is { } interrupted && down ? Ending(interrupted.Run)
            : planning.Plan.Runner ? "A runner makes the change." : planning.Plan.IsEmpty ? down ? "Nothing is to be taken back." : "Nothing is pending."
            : $"To be {(down ? "taken back" : "applied")}: {string.Join(", ", planning.Plan.Migrations.Select(migration => migration.Id))}.");
    }

    // What of an interrupted run had begun is known when its journal and the history are read under the lock; the steps say it.
    private static string Ending(JournalRun run) =>
        run.Runner ? "The interrupted run is to be taken back: what its runner did."
        : run.Undo ? $"The interrupted undo is to be finished. To be taken back as far as they still are applied: {string.Join(", ", run.Migrations)}."
        : $"The interrupted run is to be taken back. To be taken back as far as they were begun: {string.Join(", ", run.Migrations.Reverse())}.";

    /// <summary>The journal goes on under the id under which it began.</summary>
    public void ContinueAs(InterruptedRun interrupted)
    {
        Log.Say("resume", $"The run {interrupted.RunId} of {interrupted.StartedAt.UtcDateTime:u} goes on.");
        _runId = interrupted.RunId;
        Backup = interrupted.Run.Backup is null ? null : new ProvenBackup(interrupted.Run.Backup, interrupted.StartedAt, null, 0);
    }

    /// <summary>Records gates, and stops at the first that is closed.</summary>
    public void Judge(IEnumerable<GateResult> gates)
    {
        GateResult? closed = null;
        foreach (GateResult gate in gates)
        {
            Gates.Add(gate);
            Log.Say("gate", $"{gate.Id} is {gate.Say()}: {gate.Message}", gate.Error?.Id);
            closed ??= gate.Answer == GateAnswer.Closed ? gate : null;
        }

        if (closed?.Error is { } error)
        {
            throw new SafeDbException(error);
        }
    }

    public void Fail(SafeDbError error)
    {
        _error = error;
        Outcome = error.Kind == ErrorKind.NeedsPerson ? MigrationOutcome.NeedsPerson : MigrationOutcome.Stopped;
        if (Backup is null && error.SafetyBackup is { } left)
        {
            Warnings.Add($"A backup was taken, and the run ended before it counted as proved: {left}.");
        }

        Log.Keep("stopped", error.Message, error.Id);
    }

    public void Reverted(SafeDbError cause, RevertOutcome back)
    {
        _wayBack = back.Way;
        Outcome = back.Way is null ? MigrationOutcome.NeedsPerson : MigrationOutcome.RolledBack;
        _error = back.Way is null
            ? MigrationAdvice.NeedsPerson(cause.Message, back.Problem, _command)
            : MigrationErrors.RolledBack.Error(cause.Message, $"way back: {back.Way.Way}");
        if (cause.Kind == ErrorKind.Cancelled && back.Way is not null)
        {
            _error = MigrationErrors.StoppedAndTakenBack.Error($"way back: {back.Way.Way}");
        }

        _error = _error with { EngineCode = cause.EngineCode, Target = cause.Id, Location = cause.Location };
        SchemaAfter = back.Way is null ? SchemaAfter : Planning?.Plan.SchemaFingerprint;
        Log.Say("reverted", _error.Message, _error.Id);
    }

    public void Undone(WayBackUsed way, string? schemaAfter)
    {
        _wayBack = way;
        SchemaAfter = schemaAfter;
        Outcome = MigrationOutcome.Undone;
    }

    /// <summary>Says what every check after the change found, and throws when one is broken. What did not hold before the run is not the run's fault.</summary>
    public void RefuseBrokenChecks()
    {
        foreach (CheckResult check in Checks.Where(check => check.When == "after"))
        {
            Log.Say("verify", $"{check.Name}: {(check.Passed ? "holds" : check.Message)}");
        }

        CheckResult[] broken = [.. Checks.Where(check => check is { When: "after", Passed: false })];
        CheckResult[] before = [.. broken.Where(check => Checks.Exists(other => other.When == "before" && other.Name == check.Name && !other.Passed))];
        Warnings.AddRange(before.Select(check => $"{check.Name} did not hold before the run, and does not now: {check.Message}"));
        if (broken.Length > before.Length)
        {
            throw MigrationErrors.VerifyFailed.Exception(string.Join("; ", broken.Except(before).Select(check => $"{check.Name}: {check.Message}")));
        }
    }

    /// <summary>Takes the query probes; a slower one is a warning.</summary>
    public void Take(IReadOnlyList<ProbeResult> probes)
    {
        Probes.AddRange(probes);
        Warnings.AddRange(probes.Where(probe => probe.Slower).Select(QueryProbes.Warning));
    }

    public MigrationRun Result() => new()
    {
        RunId = _runId, Database = _command.Database.ConfiguredName ?? _command.Database.Display, Engine = _command.Database.Engine, Format = Planning?.Plan.Format ?? "", Outcome = Outcome,
        StartedAt = _startedAt, Duration = Stopwatch.GetElapsedTime(_begin), Migrations = [.. Steps], Gates = [.. Gates], Rehearsal = Rehearsal, Checks = [.. Checks], Probes = [.. Probes],
        Backup = Backup?.Backup, BackupTime = Backup?.SnapshotTime, WayBack = _wayBack, SchemaBefore = Planning?.Plan.SchemaFingerprint, SchemaAfter = SchemaAfter, Error = _error,
        Warnings = [.. Warnings], ApprovedBy = _command.ApprovedBy, Events = Log.Events,
    };

    /// <summary>Writes the reports, when there is a place for them.</summary>
    public MigrationRun Complete()
    {
        if (Outcome is not (MigrationOutcome.NothingToDo or MigrationOutcome.Baselined) && Planning?.Interrupted is null)
        {
            Gates.AddRange(RunGates.NotReached(Gates, Outcome == MigrationOutcome.Stopped ? "the run ended before" : "the policy asks for no rehearsal"));
        }

        string? snapshot = KeepSchema();
        Log.Say("end", $"Outcome: {ReportFacts.Ended(Result())}.");
        MigrationRun run = Result();
        return Evidence is null ? run : run with { Evidence = [.. Evidence.WriteReports(run), .. snapshot is null ? Array.Empty<string>() : [snapshot]] };
    }

    /// <summary>Keeps the schema that the run left, so that a later run can tell what was changed meanwhile. The run is over: a failure here is a warning.</summary>
    private string? KeepSchema()
    {
        bool ended = Outcome is MigrationOutcome.Applied or MigrationOutcome.Undone or MigrationOutcome.Baselined;
        if (!ended || Evidence is null || SchemaLeft is not { } schema || schema.Fingerprint() is var fingerprint && fingerprint != SchemaAfter)
        {
            return null;
        }

        try
        {
            return SnapshotFile.Write(_command.EvidenceFolder!, SchemaSnapshot.Of(schema, fingerprint, _command.Database, _clock.GetUtcNow()));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Warnings.Add($"The snapshot of the schema could not be written, so a later run cannot tell what was changed meanwhile: {failure.Message}");
            return null;
        }
    }
}
