using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.Baseline;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb migrate</c>: Invoke-SafeMigration.</summary>
internal sealed class MigrateVerb
{
    /// <summary>For webhooks and health checks; how long they may take is the configuration's to say.</summary>
    public static readonly HttpClient Http = new() { Timeout = Timeout.InfiniteTimeSpan };

    private readonly MigrationOptions _migrations = new();
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where the backup before the run goes. Default: the database's own destination.", "PLACE");
    private readonly Option<string?> _backup = VerbArguments.Text("--backup", "A backup that was taken already; used when the policy finds it young enough.", "ARCHIVE");
    private readonly Option<string?> _target = VerbArguments.Text("--target", "Id of the last migration to apply. Default: all.", "ID");
    private readonly Option<string?> _scratch = VerbArguments.Text("--scratch", "Server or folder, as a database address, where the rehearsal's copy may be made.", "DATABASE");
    private readonly Option<string?> _plan = VerbArguments.Text("--plan", "Only make the plan: print it, write it to the file, and change nothing.", "FILE");
    private readonly Option<string?> _fromPlan = VerbArguments.Text("--from-plan", "Run exactly the plan in the file, or refuse because the world has changed.", "FILE");
    private readonly Option<bool> _resume = VerbArguments.Switch("--resume", "Finish a run that was interrupted.");
    private readonly Option<string?> _baseline = VerbArguments.Text(
        "--baseline", "Record the migrations up to this one as applied without running them, after proof on an empty database that they lead to the schema that is there.", "ID");

    private readonly Option<string?> _runner = VerbArguments.Text(
        "--runner", "Let another tool make the change: a command line that finds the address in DATABASE_URL, that of the rehearsal's copy first and that of the database after.", "COMMAND");

    private readonly Option<bool> _maintenance = VerbArguments.Switch("--maintenance", "Keep others' writes away while the database is changed.");
    private readonly ArchiveOptions _archive = new(writes: true);

    public static Command Create(VerbRunner runner)
    {
        var verb = new MigrateVerb();
        var command = new Command("migrate", "Apply migrations: backed up, proved, rehearsed on the restored copy, gated, applied, verified, with a way back on every failure.")
        {
            verb._destination, verb._backup, verb._target, verb._scratch, verb._plan, verb._fromPlan, verb._resume, verb._baseline, verb._runner, verb._maintenance,
        };
        verb._migrations.AddTo(command, runs: true);
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    /// <summary>The result of a run, its error told, with its exit code.</summary>
    public static VerbResult Result(MigrationRun run, VerbSession session)
    {
        SafeDbError? failure = RunFailure.Of(run);
        if (failure is not null)
        {
            session.Host.Tell(failure);
        }

        return new VerbResult(run with { Warnings = [.. run.Warnings.Select(CommandLineWords.Of)] }, failure is null ? ExitCodes.Done : ExitCodes.Of(failure.Kind));
    }

    /// <summary>A plan that was only made: what it would do, every gate, and the exit code of a run that would be stopped.</summary>
    public static VerbResult Planned(MigrationPlan plan, VerbSession session, string? unwritten = null)
    {
        session.Tell(CommandLineWords.Of($"What if: {MigrationPlanText.Of(plan)}{MigrationPlanText.Unwritten(unwritten)}\n{MigrationPlanText.Gates(plan)}".TrimEnd()));
        SafeDbError? refusal = plan.Refusal();
        return new VerbResult(plan, refusal is null ? ExitCodes.Done : ExitCodes.Of(refusal.Kind)) { Json = InItsWords(plan).ToJson, Text = _ => string.Empty };
    }

    private static MigrationPlan InItsWords(MigrationPlan plan) =>
        plan with { Gates = [.. plan.Gates.Select(gate => gate with { Message = CommandLineWords.Of(gate.Message), Error = gate.Error is { } error ? CommandLineWords.Of(error) : null })] };

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = _migrations.Database(parsed, session);
        string? line = parsed.GetValue(_runner);
        MigrationCommand command = _migrations.Command(parsed, session, database, needsFolder: line is null) with
        {
            Runner = line is null ? null : RunnerCommandLine.Of(line, session.FullPath("."), session.Observer), Target = parsed.GetValue(_target), Maintenance = parsed.GetValue(_maintenance), Scratch = session.Address(parsed.GetValue(_scratch)) ?? database.Scratch,
        };
        command.RefuseBesideRunner(("-Baseline", parsed.GetValue(_baseline) is not null), ("-Plan", parsed.GetValue(_plan) is not null), ("-FromPlan", parsed.GetValue(_fromPlan) is not null));
        if (parsed.GetValue(_baseline) is { } version)
        {
            return await BaselineAsync(version, command, session, stop).ConfigureAwait(false);
        }

        if (session.WhatIf || parsed.GetValue(_plan) is not null)
        {
            return await PlanAsync(parsed, command, SafetyNetParts.IsPossible(database, parsed.GetValue(_destination)), session, stop).ConfigureAwait(false);
        }

        ArchiveAccessRequest access = _archive.Request(parsed, session);
        using var net = SafetyNetParts.Create(session, database, parsed.GetValue(_destination), access);
        BackupSafetyNet? safety = net?.Build(session, database, parsed.GetValue(_backup) is { } backup ? session.Location(backup) : null, command.Scratch);
        var service = new MigrationService(Composition.Migrations(session.Engine, database.Address.Engine), safety, Http);
        ConfirmRun confirm = (plan, rehearsal, _) => Task.FromResult(session.Confirmed(MigrationPlanText.Of(plan, rehearsal), ask: true));
        MigrationRun run = parsed.GetValue(_resume)
            ? await service.ResumeAsync(command, confirm, stop).ConfigureAwait(false)
            : await service.RunAsync(command, parsed.GetValue(_fromPlan) is { } pinned ? MigrationPlan.Load(session.FullPath(pinned)) : null, confirm, stop).ConfigureAwait(false);
        return Result(run, session);
    }

    private async Task<VerbResult> PlanAsync(ParseResult parsed, MigrationCommand command, bool backupPossible, VerbSession session, CancellationToken stop)
    {
        var service = new MigrationService(Composition.Migrations(session.Engine, command.Database.Engine), net: null, Http);
        MigrationPlan plan = parsed.GetValue(_resume) ? await service.PlanResumeAsync(command, stop).ConfigureAwait(false) : (await service.PlanAsync(command, backupPossible, stop).ConfigureAwait(false)).Plan;
        if (!session.WhatIf)
        {
            plan.Save(session.FullPath(parsed.GetValue(_plan)!));
        }

        return Planned(plan, session, session.WhatIf ? parsed.GetValue(_plan) : null);
    }

    private static async Task<VerbResult> BaselineAsync(string version, MigrationCommand command, VerbSession session, CancellationToken stop)
    {
        var service = new BaselineService(Composition.Migrations(session.Engine, command.Database.Engine));
        string Text(IReadOnlyList<MigrationScript> scripts) => MigrationPlanText.OfBaseline(scripts, command.Database.Display);
        if (session.WhatIf)
        {
            session.Confirmed(Text(await service.PlanAsync(command, version, stop).ConfigureAwait(false)), ask: false);
            return VerbResult.Nothing;
        }

        return Result(await service.RunAsync(command, version, scripts => Task.FromResult(session.Confirmed(Text(scripts), ask: true)), stop).ConfigureAwait(false), session);
    }
}
