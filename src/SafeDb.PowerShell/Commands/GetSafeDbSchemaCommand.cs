using System.Management.Automation;

using SafeDb.Configuration;
using SafeDb.Schema;

namespace SafeDb.PowerShell.Commands;

/// <summary>Reads the schema of a database as canonical definitions with a fingerprint.</summary>
[Cmdlet(VerbsCommon.Get, "SafeDbSchema", HelpUri = HelpLinks.Root + "Get-SafeDbSchema.md")]
[OutputType(typeof(SchemaSnapshot))]
public sealed class GetSafeDbSchemaCommand : ConfiguredCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        Give(Run((_, stop) => new SchemaSnapshotService(Core).ReadAsync(database, stop)));
    }
}
