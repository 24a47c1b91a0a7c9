using System.CommandLine;

using SafeDb.Backup;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb undo</c>: Undo-SafeMigration.</summary>
internal sealed class UndoVerb
{
    private readonly MigrationOptions _migrations = new();
    private readonly Option<int?> _steps = new("--steps") { Description = "How many migrations to take back, the last first. Default: one.", HelpName = "N" };
    private readonly Option<string?> _to = VerbArguments.Text("--to", "Id of the migration that is to remain the last one.", "ID");
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where backups are, for a run that can only be taken back by a restore.", "PLACE");
    private readonly ArchiveOptions _archive = new(writes: true);

    public static Command Create(VerbRunner runner)
    {
        var verb = new UndoVerb();
        var command = new Command("undo", "Take migrations back: an interrupted run as a whole, or the last applied ones by their down scripts.") { verb._steps, verb._to, verb._destination };
        verb._migrations.AddTo(command, runs: true);
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = _migrations.Database(parsed, session);
        MigrationCommand command = _migrations.Command(parsed, session, database);
        using var net = SafetyNetParts.Create(session, database, parsed.GetValue(_destination), _archive.Request(parsed, session));
        BackupSafetyNet? safety = net?.Build(session, database, backup: null, scratch: null);
        var service = new UndoService(Composition.Migrations(session.Engine, database.Address.Engine), safety);
        int? steps = parsed.GetValue(_steps);
        string? to = parsed.GetValue(_to);
        if (session.WhatIf)
        {
            IReadOnlyList<MigrationScript> scripts = await service.PlanAsync(command, steps, to, stop).ConfigureAwait(false);
            session.Confirmed(MigrationPlanText.OfUndo(scripts, database.Address.Display), ask: false);
            return VerbResult.Nothing;
        }

        MigrationRun run = await service.UndoAsync(
            command, steps, to, scripts => Task.FromResult(session.Confirmed(MigrationPlanText.OfUndo(scripts, database.Address.Display), ask: true)), stop).ConfigureAwait(false);
        return MigrateVerb.Result(run, session);
    }
}
