using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Readiness;
using SafeDb.Schedules;

namespace SafeDb.PowerShell.Commands;

/// <summary>Answers the readiness checklist of a database line by line, with evidence. Changes nothing.</summary>
[Cmdlet(VerbsDiagnostic.Test, "SafeDbReadiness", HelpUri = HelpLinks.Root + "Test-SafeDbReadiness.md")]
[OutputType(typeof(ReadinessItem), typeof(bool), typeof(string))]
public sealed class TestSafeDbReadinessCommand : ArchiveCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Where its archives are. By default the database's own destination in safedb.json.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>The folder of its migrations, taken as written. By default the database's own in safedb.json.</summary>
    [Parameter]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <summary>Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate or dbmate. By default detected.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.FormatCompleter))]
    public string? Format { get; set; }

    /// <summary>Folder with the evidence of runs and the heartbeats of schedules. By default safedb-evidence in the current location.</summary>
    [Parameter]
    public string EvidencePath { get; set; } = "safedb-evidence";

    /// <summary>The document that tells how to restore. By default restoreDocument of the database in safedb.json.</summary>
    [Parameter]
    public string? RestoreDocument { get; set; }

    /// <summary>Give the whole checklist as one Markdown text.</summary>
    [Parameter]
    public SwitchParameter AsMarkdown { get; set; }

    /// <summary>Give only True (ready) or False.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        string? migrations = Path is { } given ? Paths.Literal(given)
            : database.Settings?.Migrations is { } configured ? System.IO.Path.GetFullPath(configured, Configuration.Folder ?? Paths.CurrentFolder) : null;
        var command = new ReadinessCommand(database)
        {
            Destination = Destination is null && database.Settings?.Destination is null ? null : ResolveDestination(Destination, database.Settings),
            Migrations = migrations,
            Format = Format,
            Evidence = Paths.Literal(EvidencePath),
            RestoreDocument = RestoreDocument is null ? null : Paths.Literal(RestoreDocument),
            Folder = Configuration.Folder ?? Paths.CurrentFolder,
            Schedules = database.Address.ConfiguredName is { } name
                ? Run((_, stop) => new ScheduleService(Core, ScheduleService.OfMachine(Core.Clock)).ListAsync(name, name: null, stop)) : [],
        };
        using ArchiveKeys? keys = OpenKeys();
        var service = new ReadinessService(Core, Composition.Migrations(Core, database.Address.Engine));
        IReadOnlyList<ReadinessItem> items = Run((observer, stop) => service.CheckAsync(command, keys, observer, stop));
        if (Quiet)
        {
            Give(ReadinessJudge.IsReady(items));
        }
        else if (AsMarkdown)
        {
            Give(ReadinessMarkdown.Of(database.Address.ConfiguredName ?? database.Address.Display, items));
        }
        else
        {
            GiveEach(items);
        }
    }
}
