using System.CommandLine;

using SafeDb.Backup;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb undo</c>: Undo-SafeMigration.</summary>
internal sealed class UndoVerb
{
    private readonly MigrationOptions _migrations = new();
    private readonly Option<int?> _steps = new("--steps") { Description = "How many migrations to take back, the last first. Default: one.", HelpName = "N" };
    private readonly Option<string?> _to = VerbArguments.Text("--to", "Id of the migration that is to remain the last one.", "ID");
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where the backup before the undo goes. Default: the database's own destination.", "PLACE");
    private readonly Option<string?> _backup = VerbArguments.Text("--backup", "A backup that was taken already; used when the policy finds it young enough.", "ARCHIVE");
    private readonly Option<string?> _scratch = VerbArguments.Text("--scratch", "Server or folder, as a database address, where the rehearsal's copy may be made.", "DATABASE");
    private readonly Option<bool> _maintenance = VerbArguments.Switch("--maintenance", "Keep others' writes away while the database is changed.");
    private readonly ArchiveOptions _archive = new(writes: true);

    public static Command Create(VerbRunner runner)
    {
        var verb = new UndoVerb();
        var command = new Command("undo", "Take migrations back: an interrupted run as a whole, or the last applied ones by their down scripts, backed up and rehearsed like every other change.")
        {
            verb._steps, verb._to, verb._destination, verb._backup, verb._scratch, verb._maintenance,
        };
        verb._migrations.AddTo(command, runs: true);
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = _migrations.Database(parsed, session);
        MigrationCommand command = _migrations.Command(parsed, session, database) with { Maintenance = parsed.GetValue(_maintenance) };
        var target = new UndoTarget(parsed.GetValue(_steps), parsed.GetValue(_to));
        if (session.WhatIf)
        {
            var planner = new UndoService(Composition.Migrations(session.Engine, database.Address.Engine), net: null, MigrateVerb.Http);
            return MigrateVerb.Planned((await planner.PlanAsync(command, target, SafetyNetParts.IsPossible(database, parsed.GetValue(_destination)), stop).ConfigureAwait(false)).Plan, session);
        }

        using var net = SafetyNetParts.Create(session, database, parsed.GetValue(_destination), _archive.Request(parsed, session));
        BackupSafetyNet? safety = net?.Build(session, database, parsed.GetValue(_backup) is { } backup ? session.Location(backup) : null, session.Address(parsed.GetValue(_scratch)));
        var service = new UndoService(Composition.Migrations(session.Engine, database.Address.Engine), safety, MigrateVerb.Http);
        ConfirmRun confirm = (plan, rehearsal, _) => Task.FromResult(session.Confirmed(MigrationPlanText.Of(plan, rehearsal), ask: true));
        return MigrateVerb.Result(await service.UndoAsync(command, target, confirm, stop).ConfigureAwait(false), session);
    }
}
