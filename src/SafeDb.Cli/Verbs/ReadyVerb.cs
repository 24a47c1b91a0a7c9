using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Readiness;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb ready</c>: Test-SafeDbReadiness.</summary>
internal sealed class ReadyVerb
{
    private readonly Argument<string?> _database = VerbArguments.Database();
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where its archives are: folder, blob address, or name of a destination in safedb.json.", "PLACE");
    private readonly Option<string?> _path = VerbArguments.Text("--path", "Folder of its migrations.", "FOLDER");
    private readonly Option<string?> _format = VerbArguments.Text("--format", "Format of the folder of migrations; by default detected.", "FORMAT");
    private readonly Option<string> _evidence = new("--evidence") { Description = "Folder with the evidence of runs and the heartbeats of schedules.", HelpName = "FOLDER", DefaultValueFactory = _ => "safedb-evidence" };
    private readonly Option<string?> _document = VerbArguments.Text("--restore-document", "The document that tells how to restore.", "FILE");
    private readonly Option<bool> _markdown = VerbArguments.Switch("--markdown", "Print the checklist as Markdown.");
    private readonly ArchiveOptions _archive = new(writes: false);

    public static Command Create(VerbRunner runner)
    {
        var verb = new ReadyVerb();
        var command = new Command("ready", "Answer the readiness checklist of a database, with evidence. Exit code 3 when an item failed.")
        {
            verb._database, verb._destination, verb._path, verb._format, verb._evidence, verb._document, verb._markdown,
        };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = session.Database(parsed.GetValue(_database));
        string folder = session.Configuration.Folder ?? session.Host.Folder;
        string? place = parsed.GetValue(_destination);
        string? migrations = parsed.GetValue(_path) is { } path ? session.FullPath(path)
            : database.Settings?.Migrations is { } configured ? Path.GetFullPath(configured, folder) : null;
        var command = new ReadinessCommand(database)
        {
            Destination = place is null && database.Settings?.Destination is null ? null : session.Destination(place, database),
            Migrations = migrations,
            Format = parsed.GetValue(_format),
            Evidence = session.FullPath(parsed.GetValue(_evidence)!),
            RestoreDocument = parsed.GetValue(_document) is { } document ? session.FullPath(document) : null,
            Folder = folder,
            Schedules = database.Address.ConfiguredName is { } name ? await session.Schedules.ListAsync(name, name: null, stop).ConfigureAwait(false) : [],
        };
        using ArchiveKeys? keys = _archive.Keys(parsed, session);
        var service = new ReadinessService(session.Engine, Composition.Migrations(session.Engine, database.Address.Engine));
        IReadOnlyList<ReadinessItem> items = [.. (await service.CheckAsync(command, keys, session.Observer, stop).ConfigureAwait(false))
            .Select(item => item with { Advice = item.Advice is { } advice ? CommandLineWords.Of(advice) : null })];
        return new VerbResult(items, ReadinessJudge.IsReady(items) ? ExitCodes.Done : ExitCodes.Gate)
        {
            Text = parsed.GetValue(_markdown) ? _ => ReadinessMarkdown.Of(database.Address.ConfiguredName ?? database.Address.Display, items) : null,
        };
    }
}
