using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;
using SafeDb.PowerShell.Hosting;

namespace SafeDb.PowerShell.Commands;

/// <summary>Takes a complete, consistent, encrypted backup of a database that stays in use.</summary>
[Cmdlet(VerbsData.Backup, "SafeDb", SupportsShouldProcess = true, HelpUri = HelpLinks.Root + "Backup-SafeDb.md")]
[OutputType(typeof(BackupInfo))]
public sealed class BackupSafeDbCommand : ArchiveCmdlet
{
    /// <summary>The database: an address such as sqlite:./shop.db or postgresql://user@host/db, or its name in safedb.json. By default DATABASE_URL, then the configured default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>Where the archive goes: a folder, a blob address, or the name of a destination in safedb.json. By default the database's own destination.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>Accept an archive that everybody who reaches it can read. Without it, a recipient, passphrase or key is needed.</summary>
    [Parameter]
    public SwitchParameter Unencrypted { get; set; }

    /// <summary>How many tables or slices are read at the same time. By default the processors, at most 8.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Jobs { get; set; } = Math.Clamp(System.Environment.ProcessorCount, 1, 8);

    /// <summary>Take only the rows of the tables in these schemas. Wildcards * and ? are allowed. Rows of other schemas and large objects are left out; the definitions of everything stay in the archive.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] IncludeSchema { get; set; } = [];

    /// <summary>Leave out the rows of the tables in these schemas. Wildcards * and ? are allowed. Their definitions stay in the archive. A name that matches no schema is refused.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] ExcludeSchema { get; set; } = [];

    /// <summary>Take only the rows of these tables, written table (in any schema) or schema.table. Wildcards * and ? are allowed. A partitioned table stands for all its partitions. Rows of other tables and large objects are left out; the definitions of everything stay in the archive.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] IncludeTable { get; set; } = [];

    /// <summary>Leave out the rows of these tables, written table (in any schema) or schema.table. Wildcards * and ? are allowed. A partitioned table stands for all its partitions. Their definitions stay in the archive. A name that matches no table is refused.</summary>
    [Parameter]
    [SupportsWildcards]
    public string[] ExcludeTable { get; set; } = [];

    /// <summary>Take the definitions without the rows.</summary>
    [Parameter]
    public SwitchParameter SchemaOnly { get; set; }

    /// <summary>Mark the archive as one for its rows: for a copy that carries rows elsewhere and must never pass for a backup of the database. It never replaces a whole database. The definitions are stored all the same, since rows cannot be restored without them, and a restore makes them. Not for SQLite.</summary>
    [Parameter]
    public SwitchParameter DataOnly { get; set; }

    /// <summary>Go on when something in the database cannot be covered. The result and the manifest then say what is missing.</summary>
    [Parameter]
    public SwitchParameter AllowPartial { get; set; }

    /// <summary>Where scratch files may be made while the backup is read. By default beside the database.</summary>
    [Parameter]
    public string? Scratch { get; set; }

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        ResolvedDatabase database = ResolveDatabase(Database);
        ResolvedDestination destination = ResolveDestination(Destination, database.Settings);
        using ArchiveSecrets secrets = Access.ForWriting(AccessRequest(Unencrypted), destination.Settings);
        var command = new BackupCommand(database, destination.Address)
        {
            Jobs = Jobs,
            AllowPartial = AllowPartial,
            Scratch = Scratch is null ? null : Core.Engines.IsAddress(Scratch) ? Paths.DatabaseText(Scratch) : Paths.Literal(Scratch),
            Protection = destination.Settings?.Protection,
            Scope = new BackupScope
            {
                IncludeSchemas = IncludeSchema, ExcludeSchemas = ExcludeSchema, IncludeTables = IncludeTable, ExcludeTables = ExcludeTable, SchemaOnly = SchemaOnly, DataOnly = DataOnly,
            },
        };
        var service = new BackupService(Core);
        BackupPlan plan = service.Plan(command, secrets);
        string outlook = IsWhatIf ? $": {Run((observer, stop) => new BackupForecast(Core).ForeseeAsync(plan, command, observer, stop))}" : string.Empty;
        if (ShouldProcess(plan.Database, $"Back up to {plan.Destination} as {plan.Name}{outlook}"))
        {
            BackupInfo made = Run((observer, stop) => service.ExecuteAsync(plan, command, secrets, observer, stop));
            SessionSecrets.Remember(made.Backup, AccessRequest());
            Give(made);
        }
    }
}
