using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;

namespace SafeDb.PowerShell.Commands;

/// <summary>Lists the archives of a destination, with their age and when they were proved last.</summary>
[Cmdlet(VerbsCommon.Get, "SafeDbBackup", HelpUri = HelpLinks.Root + "Get-SafeDbBackup.md")]
[OutputType(typeof(BackupInfo))]
public sealed class GetSafeDbBackupCommand : ArchiveCmdlet
{
    /// <summary>Only archives of this database: an address, or its name in safedb.json. Its own destination is listed unless -Destination says otherwise.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>What is listed: a folder, a blob address, or the name of a destination in safedb.json. By default the database's own destination.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>Only archives of this name, or of a database of this name. Wildcards * and ? are allowed.</summary>
    [Parameter]
    [SupportsWildcards]
    public string? Name { get; set; }

    /// <summary>Only backups that show this moment or a later one.</summary>
    [Parameter]
    public DateTimeOffset Since { get; set; }

    /// <summary>Only those whose last restore drill passed, by authenticated evidence.</summary>
    [Parameter]
    public SwitchParameter Verified { get; set; }

    /// <summary>Open every manifest, so that times, rows and verifications are authenticated. Implied by -Verified, -Passphrase, -Key and -Recipient; slower than a plain listing.</summary>
    [Parameter]
    public SwitchParameter Authenticate { get; set; }

    private protected override bool FailureEndsPipeline => false;

    private protected override void ProcessItem()
    {
        ErrorTarget = Database ?? Destination;
        ResolvedDatabase? database = Database is null && Destination is not null ? null : ResolveDatabase(Database);
        bool authenticate = Authenticate || Verified || !AccessRequest().IsEmpty;
        using ArchiveKeys? keys = authenticate ? OpenKeys() : null;
        var query = new CatalogueQuery(ResolveDestination(Destination, database?.Settings).Address)
        {
            Name = Name ?? (database is null ? null : ArchiveName.DatabasePart(database.Address.DatabaseName)),
            Since = Since == default ? null : Since,
            VerifiedOnly = Verified,
            Authenticate = authenticate,
            MaxAge = (database?.Policy ?? Core.Resolver(Configuration).PolicyOf(Environment)).MaxBackupAge,
        };
        List<BackupInfo> backups = Run((_, stop) => new BackupCatalogue(Core).ReadAsync(query, keys, stop));
        GiveEach(backups.OrderByDescending(backup => backup.CreatedAt));
        if (backups.Count > 0 && BackupCatalogue.FailureOf(backups[0].Destination, backups) is { } failure)
        {
            // Runbooks that stop at every error list archives to find out what there is: to them this is an answer.
            WriteWarning($"{Sentences.WithAdvice(failure)}");
        }
    }
}
