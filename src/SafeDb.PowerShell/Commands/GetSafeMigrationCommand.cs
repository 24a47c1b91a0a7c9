using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.PowerShell.Commands;

/// <summary>Says where each migration stands: applied, pending, failed, edited, missing, out of order.</summary>
[Cmdlet(VerbsCommon.Get, "SafeMigration", HelpUri = HelpLinks.Root + "Get-SafeMigration.md")]
[OutputType(typeof(MigrationStatus))]
public sealed class GetSafeMigrationCommand : ConfiguredCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>The folder of the migrations, taken as written. By default the database's own in safedb.json.</summary>
    [Parameter(Position = 1)]
    [Alias("LiteralPath")]
    public string? Path { get; set; }

    /// <summary>Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate or dbmate. By default detected.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.FormatCompleter))]
    public string? Format { get; set; }

    /// <summary>Folder of the evidence of runs, where the schema that the last of them left is looked up when the database has another. By default safedb-evidence in the current location.</summary>
    [Parameter]
    public string EvidencePath { get; set; } = "safedb-evidence";

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        string folder = MigrationFolder(Path, database.Settings);
        string evidence = Paths.Literal(EvidencePath);
        PlanningResult planning = Run((observer, stop) => ReadAsync(database, folder, evidence, observer, stop));
        GiveEach(planning.Plan.Status);
        foreach (GateResult problem in planning.StandingProblems)
        {
            WriteWarning($"{problem.Error!.Id}: {Sentences.Ended(problem.Message)} {problem.Error.RecommendedAction}");
        }
    }

    private async Task<PlanningResult> ReadAsync(ResolvedDatabase database, string folder, string evidence, IOperationObserver observer, CancellationToken stop)
    {
        MigrationContext context = Composition.Migrations(Core, database.Address.Engine);
        var command = new MigrationCommand(database.Address, folder)
        {
            Format = Format ?? database.Settings?.Format, Policy = database.Policy, Settings = database.Settings, Observer = observer, EvidenceFolder = evidence,
        };
        IDatabaseSession session = await context.OpenAsync(database.Address, stop).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await new MigrationPlanner(context, PlanDepth.Catalogue).PlanAsync(session, command, stop).ConfigureAwait(false);
        }
    }
}
