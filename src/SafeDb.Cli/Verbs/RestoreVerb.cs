using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Restore;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb restore</c>: Restore-SafeDb.</summary>
internal sealed class RestoreVerb
{
    private readonly Argument<string> _backup = new("backup") { Description = "The archive: a file or a blob address." };
    private readonly Argument<string?> _database = VerbArguments.Database("Database that shall hold the data. It must not exist or be empty, unless --overwrite is given.");
    private readonly Option<bool> _overwrite = VerbArguments.Switch("--overwrite", "Replace an existing database by a swap. It is backed up first, and kept under a dated name.");
    private readonly Option<string[]> _table = VerbArguments.List("--table", "Restore the rows of these tables only (table or schema.table; a partitioned table stands for its partitions); all definitions are restored.");
    private readonly Option<bool> _schemaOnly = VerbArguments.Switch("--schema-only", "Definitions without rows.");
    private readonly Option<bool> _noOwner = VerbArguments.Switch("--no-owner", "Leave ownership to the user who restores.");
    private readonly Option<bool> _noPrivileges = VerbArguments.Switch("--no-privileges", "Leave out privileges.");
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Where the safety backup of a replaced database goes. Default: beside the archive.", "PLACE");
    private readonly Option<bool> _noSafetyBackup = VerbArguments.Switch("--no-safety-backup", "Replace without a backup first, when the database is too damaged for one. It is kept under a dated name all the same.");
    private readonly Option<int> _jobs = VerbArguments.Jobs();
    private readonly ArchiveOptions _archive = new(writes: true);

    public static Command Create(VerbRunner runner)
    {
        var verb = new RestoreVerb();
        var command = new Command("restore", "Restore a backup: aside, compared with the archive row by row, and only then put in place in one step.")
        {
            verb._backup, verb._database, verb._overwrite, verb._table, verb._schemaOnly, verb._noOwner, verb._noPrivileges, verb._destination, verb._noSafetyBackup, verb._jobs,
        };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase target = session.Database(parsed.GetValue(_database));
        ResolvedDestination? safety = parsed.GetValue(_destination) is null && target.Settings?.Destination is null ? null : session.Destination(parsed.GetValue(_destination), target);
        var command = new RestoreCommand(session.Location(parsed.GetRequiredValue(_backup)), target)
        {
            Overwrite = parsed.GetValue(_overwrite), Tables = parsed.GetValue(_table)!, SchemaOnly = parsed.GetValue(_schemaOnly), NoOwner = parsed.GetValue(_noOwner),
            NoPrivileges = parsed.GetValue(_noPrivileges), Jobs = parsed.GetValue(_jobs), SafetyDestination = safety?.Address, SafetyProtection = safety?.Settings?.Protection,
            NoSafetyBackup = parsed.GetValue(_noSafetyBackup),
        };
        session.Host.Prepare(target.Address.Engine, safety is { } place && ArchiveLocation.IsAddress(place.Address) ? place.Address : command.Backup);
        ArchiveAccessRequest access = _archive.Request(parsed, session);
        using ArchiveKeys? keys = session.Access.ForReading(access with { Unencrypted = false });
        var service = new RestoreService(session.Engine);
        RestorePlan plan = await service.PlanAsync(command, keys, stop).ConfigureAwait(false);
        using ArchiveSecrets? secrets = plan.SafetyBackup ? session.Access.ForWriting(access, safety?.Settings) : null;
        if (!session.Confirmed(plan.Text, ask: true))
        {
            return VerbResult.Nothing;
        }

        RestoreResult result = await service.ExecuteAsync(plan, command, keys, secrets, session.Observer, stop).ConfigureAwait(false);
        return new VerbResult(result with { Warnings = [.. result.Warnings.Select(CommandLineWords.Of)] });
    }
}
