using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Errors;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb backups</c>: Get-SafeDbBackup.</summary>
internal sealed class BackupsVerb
{
    private readonly Argument<string?> _database = VerbArguments.Database("Only archives of this database; its own destination is listed unless --destination says otherwise.");
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Folder, blob address, or name of a destination in safedb.json.", "PLACE");
    private readonly Option<string?> _name = VerbArguments.Text("--name", "Only archives of this name or of a database of this name; wildcards * and ?.", "PATTERN");
    private readonly Option<DateTimeOffset?> _since = new("--since") { Description = "Only backups that show this moment or a later one.", HelpName = "TIME" };
    private readonly Option<bool> _verified = VerbArguments.Switch("--verified", "Only those whose last restore drill passed, by authenticated evidence.");
    private readonly Option<bool> _authenticate = VerbArguments.Switch("--authenticate", "Open every manifest, so that times, rows and verifications are authenticated. Slower.");
    private readonly ArchiveOptions _archive = new(writes: false);

    public static Command Create(VerbRunner runner)
    {
        var verb = new BackupsVerb();
        var command = new Command("backups", "List the archives of a destination with age and last verification.")
        {
            verb._database, verb._destination, verb._name, verb._since, verb._verified, verb._authenticate,
        };
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        string? text = parsed.GetValue(_database);
        string? place = parsed.GetValue(_destination);
        ResolvedDatabase? database = text is null && place is not null ? null : session.Database(text);
        bool authenticate = parsed.GetValue(_authenticate) || parsed.GetValue(_verified) || !_archive.Request(parsed, session).IsEmpty;
        using ArchiveKeys? keys = authenticate ? _archive.Keys(parsed, session) : null;
        var query = new CatalogueQuery(session.Destination(place, database).Address)
        {
            Name = parsed.GetValue(_name) ?? (database is null ? null : ArchiveName.DatabasePart(database.Address.DatabaseName)),
            Since = parsed.GetValue(_since),
            VerifiedOnly = parsed.GetValue(_verified),
            Authenticate = authenticate,
            MaxAge = (database?.Policy ?? session.Policy).MaxBackupAge,
        };
        List<BackupInfo> backups = await new BackupCatalogue(session.Engine).ReadAsync(query, keys, stop).ConfigureAwait(false);
        SafeDbError? failure = backups.Count == 0 ? null : BackupCatalogue.FailureOf(backups[0].Destination, backups);
        if (failure is not null)
        {
            session.Host.Tell(failure);
        }

        return new VerbResult(backups.OrderByDescending(backup => backup.CreatedAt).ToList(), failure is null ? ExitCodes.Done : ExitCodes.Of(failure.Kind)) { Text = backups.Count == 0 ? _ => "No archives.\n" : null };
    }
}
