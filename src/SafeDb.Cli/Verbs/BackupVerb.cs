using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb backup</c>: Backup-SafeDb.</summary>
internal sealed class BackupVerb
{
    private readonly Argument<string?> _database = VerbArguments.Database();
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Folder, blob address, or name of a destination in safedb.json.", "PLACE");
    private readonly Option<int> _jobs = VerbArguments.Jobs();
    private readonly Option<string[]> _includeSchema = VerbArguments.List("--include-schema", "Take only the rows of the tables in these schemas; all definitions stay.");
    private readonly Option<string[]> _excludeSchema = VerbArguments.List("--exclude-schema", "Leave out the rows of the tables in these schemas; their definitions stay.");
    private readonly Option<string[]> _includeTable = VerbArguments.List("--include-table", "Take only the rows of these tables (table or schema.table; a partitioned table stands for its partitions); all definitions stay.");
    private readonly Option<string[]> _excludeTable = VerbArguments.List("--exclude-table", "Leave out the rows of these tables (table or schema.table; a partitioned table stands for its partitions); their definitions stay.");
    private readonly Option<bool> _schemaOnly = VerbArguments.Switch("--schema-only", "Definitions without rows.");
    private readonly Option<bool> _dataOnly = VerbArguments.Switch("--data-only", "Mark the archive as one for its rows, for a copy that must never pass for a backup: it never replaces a whole database. All definitions are stored too. Not for SQLite.");
    private readonly Option<bool> _allowPartial = VerbArguments.Switch("--allow-partial", "Go on when something cannot be covered; the manifest says what.");
    private readonly Option<string?> _scratch = VerbArguments.Text("--scratch", "Where scratch files may be made while the backup is read.", "PLACE");
    private readonly ArchiveOptions _archive = new(writes: true);

    public static Command Create(VerbRunner runner)
    {
        var verb = new BackupVerb();
        var command = new Command("backup", "Take a complete, consistent, encrypted backup of a database that stays in use.")
        {
            verb._database, verb._destination, verb._jobs, verb._includeSchema, verb._excludeSchema, verb._includeTable, verb._excludeTable,
            verb._schemaOnly, verb._dataOnly, verb._allowPartial, verb._scratch,
        };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = session.Database(parsed.GetValue(_database));
        ResolvedDestination destination = session.Destination(parsed.GetValue(_destination), database);
        session.Host.Prepare(database.Address.Engine, destination.Address);
        using ArchiveSecrets secrets = session.Access.ForWriting(_archive.Request(parsed, session), destination.Settings);
        var command = new BackupCommand(database, destination.Address)
        {
            Jobs = parsed.GetValue(_jobs),
            AllowPartial = parsed.GetValue(_allowPartial),
            Scratch = session.Place(parsed.GetValue(_scratch)),
            Protection = destination.Settings?.Protection,
            Scope = new BackupScope
            {
                IncludeSchemas = parsed.GetValue(_includeSchema)!, ExcludeSchemas = parsed.GetValue(_excludeSchema)!,
                IncludeTables = parsed.GetValue(_includeTable)!, ExcludeTables = parsed.GetValue(_excludeTable)!,
                SchemaOnly = parsed.GetValue(_schemaOnly), DataOnly = parsed.GetValue(_dataOnly),
            },
        };
        var service = new BackupService(session.Engine);
        BackupPlan plan = service.Plan(command, secrets);
        if (session.WhatIf)
        {
            session.Confirmed($"{plan}: {await new BackupForecast(session.Engine).ForeseeAsync(plan, command, session.Observer, stop).ConfigureAwait(false)}", ask: false);
            return VerbResult.Nothing;
        }

        return new VerbResult(await service.ExecuteAsync(plan, command, secrets, session.Observer, stop).ConfigureAwait(false));
    }
}
