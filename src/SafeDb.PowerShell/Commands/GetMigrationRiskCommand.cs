using System.Management.Automation;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Risk;
using SafeDb.Risk.Reporting;

namespace SafeDb.PowerShell.Commands;

/// <summary>Says what migrations will lock, rewrite, break and lose, without running them.</summary>
[Cmdlet(VerbsCommon.Get, "MigrationRisk", DefaultParameterSetName = ByPath, HelpUri = HelpLinks.Root + "Get-MigrationRisk.md")]
[OutputType(typeof(MigrationRisk), typeof(string))]
public sealed class GetMigrationRiskCommand : ConfiguredCmdlet
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";
    private const string BySql = "Sql";

    private readonly List<string> _paths = [];

    /// <summary>Migration files or folders of them; folders are read in the order in which the migrations would run. Wildcards are allowed.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByPath)]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Migration files or folders of them, taken exactly as written.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ByLiteralPath)]
    [Alias("PSPath")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A SQL text instead of files.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySql)]
    public string Sql { get; set; } = string.Empty;

    /// <summary>A database to ask for sizes and for the rows that would fail, change or go. Only read.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>The engine that the SQL is for. By default told by the database, the configuration or the files.</summary>
    [Parameter]
    public DatabaseEngine Engine { get; set; }

    /// <summary>Version of the server, such as 150000 for PostgreSQL 15. By default the database's, else the newest known.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int ServerVersion { get; set; }

    /// <summary>Edition of SQL Server, such as 'Standard Edition' or 'Azure SQL Database'. By default unknown, so that nothing only some editions have is relied on.</summary>
    [Parameter]
    public string? Edition { get; set; }

    /// <summary>File of findings known from before, as -AsReport -Format baseline writes it. They are still shown, as allowed.</summary>
    [Parameter]
    public string? Baseline { get; set; }

    /// <summary>Give one text instead of objects: each finding with its line, a caret, the advice and the safer SQL.</summary>
    [Parameter]
    public SwitchParameter AsReport { get; set; }

    /// <summary>Form of the report of -AsReport: text, markdown, json, sarif, github, azure, junit, or baseline.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.ReportFormatCompleter))]
    public string Format { get; set; } = "text";

    /// <summary>Rules whose findings are accepted. They are still shown, as allowed.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.RuleCompleter))]
    public string[] AllowHazard { get; set; } = [];

    /// <summary>Give an object for statements without findings too.</summary>
    [Parameter]
    public SwitchParameter IncludeSafe { get; set; }

    private protected override bool FailureEndsPipeline => false;

    // Files only collect: a later one may depend on what an earlier one created.
    private protected override void ProcessItem()
    {
        if (ParameterSetName == BySql)
        {
            Report(new RiskRequest { Text = Sql });
            return;
        }

        bool literal = ParameterSetName == ByLiteralPath;
        foreach (string path in literal ? LiteralPath : Path)
        {
            ErrorTarget = path;
            _paths.AddRange(literal ? [Paths.Literal(path)] : Paths.Existing(path));
        }
    }

    private protected override void FinishItems()
    {
        if (_paths.Count > 0)
        {
            Report(new RiskRequest { Paths = _paths, Folder = Paths.CurrentFolder });
        }
    }

    private void Report(RiskRequest request)
    {
        ResolvedDatabase? database = Database is null ? null : ResolveDatabase(Database);
        request = request with
        {
            Engine = MyInvocation.BoundParameters.ContainsKey(nameof(Engine)) ? Engine : null,
            FallbackEngine = Configuration.DefaultDatabase is null ? null : ResolveDatabase(Configuration.DefaultDatabase).Address.Engine,
            Database = database?.Address,
            ServerVersion = ServerVersion == 0 ? null : ServerVersion,
            Policy = (database?.Policy ?? Core.Resolver(Configuration).PolicyOf(Environment)).ToRiskPolicy(AllowHazard) with
            {
                Baseline = Baseline is null ? null : RiskBaseline.Read(Paths.Literal(Baseline)),
            },
            Edition = Edition,
        };
        IRiskReportWriter writer = RiskReportWriters.Get(Format);
        RiskReport report = Run((observer, stop) => Composition.Risk(Core).AnalyseAsync(request, observer, stop));
        if (AsReport)
        {
            Give(writer.Write(report));
            return;
        }

        GiveEach(MigrationRisk.From(report, IncludeSafe));
    }
}
