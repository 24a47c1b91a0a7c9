using System.CommandLine;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Readiness;
using SafeDb.Schedules;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb run</c>: the work of a schedule, for machines without PowerShell. With PowerShell the runbooks in <c>scripts/runbooks</c> do it.</summary>
internal sealed class RunVerb
{
    private static readonly Dictionary<string, ScheduledTask> Tasks = Enum.GetValues<ScheduledTask>().ToDictionary(ScheduleNames.IdOf, StringComparer.Ordinal);

    private readonly Argument<string> _task = new("task") { Description = "nightly-backup (back up, prove, prune), restore-drill or readiness-check." };
    private readonly Argument<string?> _database = VerbArguments.Database();
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where its archives are: folder, blob address, or name of a destination in safedb.json.", "PLACE");
    private readonly Option<string> _evidence = new("--evidence") { Description = "Folder where the run leaves its evidence.", HelpName = "FOLDER", DefaultValueFactory = _ => "safedb-evidence" };
    private readonly ArchiveOptions _archive = new(writes: true);

    public static Command Create(VerbRunner runner)
    {
        var verb = new RunVerb();
        verb._task.AcceptOnlyFromAmong([.. Tasks.Keys]);
        var command = new Command("run", "Do the work of a schedule now: nobody is asked, and the end is left as a heartbeat in the evidence folder.") { verb._task, verb._database, verb._destination, verb._evidence };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ScheduledTask task = Tasks[parsed.GetRequiredValue(_task)];
        ResolvedDatabase database = session.Database(parsed.GetValue(_database));
        ResolvedDestination destination = session.Destination(parsed.GetValue(_destination), database);
        string evidence = session.FullPath(parsed.GetValue(_evidence)!);
        ArchiveAccessRequest access = _archive.Request(parsed, session);
        using ArchiveKeys? keys = session.Access.ForReading(access with { Unencrypted = false });
        if (!session.Confirmed($"Run {ScheduleNames.IdOf(task)} of {database.Address.ConfiguredName ?? database.Address.Display}", ask: false))
        {
            return VerbResult.Nothing;
        }

        var context = new ScheduledWorkContext(database, destination, evidence, () => session.Access.ForWriting(access, destination.Settings), keys);
        ScheduledRun run = await new ScheduledWork(session.Engine).RunAsync(task, context, () => ReadinessAsync(database, destination, evidence, keys, session, stop), session.Observer, stop).ConfigureAwait(false);
        return new VerbResult(run, run.Succeeded ? ExitCodes.Done : ExitCodes.Gate);
    }

    private static async Task<IReadOnlyList<ReadinessItem>> ReadinessAsync(
        ResolvedDatabase database, ResolvedDestination destination, string evidence, ArchiveKeys? keys, VerbSession session, CancellationToken stop)
    {
        string folder = session.Configuration.Folder ?? session.Host.Folder;
        var command = new ReadinessCommand(database)
        {
            Destination = destination, Evidence = evidence, Folder = folder,
            Migrations = database.Settings?.Migrations is { } migrations ? Path.GetFullPath(migrations, folder) : null,
            Schedules = await session.Schedules.ListAsync(database.Address.ConfiguredName, name: null, stop).ConfigureAwait(false),
        };
        return await new ReadinessService(session.Engine, Composition.Migrations(session.Engine, database.Address.Engine)).CheckAsync(command, keys, session.Observer, stop).ConfigureAwait(false);
    }
}
