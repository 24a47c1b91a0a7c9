using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Schema;

namespace SafeDb.PowerShell.Commands;

/// <summary>Finds drift: how a database's schema differs from a snapshot or from another database.</summary>
[Cmdlet(VerbsData.Compare, "SafeDbSchema", DefaultParameterSetName = ByReference, HelpUri = HelpLinks.Root + "Compare-SafeDbSchema.md")]
[OutputType(typeof(SchemaDifference))]
public sealed class CompareSafeDbSchemaCommand : ConfiguredCmdlet
{
    private const string ByReference = "Reference";
    private const string BySnapshot = "Snapshot";

    /// <summary>The database that is looked at: an address, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>What it should be: the file of a snapshot (JSON), or another database.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ByReference)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string Reference { get; set; } = string.Empty;

    /// <summary>What it should be: a snapshot that Get-SafeDbSchema gave.</summary>
    [Parameter(Mandatory = true, ParameterSetName = BySnapshot)]
    public SchemaSnapshot? Snapshot { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        var service = new SchemaSnapshotService(Core);
        bool mayBeFile = !Reference.Contains(':', StringComparison.Ordinal) || Path.IsPathFullyQualified(Reference); // a full path of Windows has a colon too
        string file = Paths.Literal(ParameterSetName == ByReference && mayBeFile ? Reference : ".");
        bool isFile = File.Exists(file);
        bool configured = Configuration.Databases.ContainsKey(Reference);
        if (Snapshot is null && !isFile && !configured)
        {
            service.RefuseMissing(Reference);
        }

        (SchemaSnapshot expected, string name) = Snapshot is { } given ? (given, given.Database)
            : isFile && !configured ? (SchemaSnapshotService.Load(file), Reference)
            : (Run((_, stop) => service.ReadAsync(ResolveDatabase(Reference), stop)), Reference);
        SchemaSnapshot actual = Run((_, stop) => service.ReadAsync(database, stop));
        GiveEach(SchemaSnapshotService.Compare(expected, actual, name));
    }
}
