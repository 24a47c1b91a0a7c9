using System.IO.Enumeration;
using System.Runtime.CompilerServices;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Errors;
using SafeDb.Stores;

namespace SafeDb.Catalogue;

/// <summary>Lists the archives of a destination, without downloading them: from what the store keeps with each, else from the archive's clear header.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class BackupCatalogue(SafeDbEngine engine)
{
    /// <summary>The <see cref="BackupInfo.Verification"/> of an archive that no given key opens, or for which none was given.</summary>
    internal const string NotOpened = "Not opened";

    private const int OpenedAtOnce = 8;

    /// <summary>
    /// Lists archives by name. Files that are no archives are passed over; an archive that cannot be read is listed with what is known and the reason.
    /// </summary>
    public async IAsyncEnumerable<BackupInfo> ListAsync(CatalogueQuery query, ArchiveKeys? keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IArchiveStore store = engine.Stores.Open(query.Destination);
        var files = new List<StoredFile>();
        var sidecars = new HashSet<string>(StringComparer.Ordinal);
        await foreach (StoredFile file in store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (file.Name.EndsWith(ArchiveName.Extension, StringComparison.Ordinal))
            {
                files.Add(file);
            }
            else if (file.Name.EndsWith(StoreNames.VerifiedSuffix, StringComparison.Ordinal))
            {
                sidecars.Add(file.Name);
            }
        }

        StoredFile[] wanted = [.. files.Where(file => Matches(query.Name, file.Name, ArchiveName.DatabaseOf(file.Name)))];
        foreach (StoredFile[] group in wanted.Chunk(OpenedAtOnce))
        {
            BackupInfo[] described = await Task.WhenAll(group.Select(file => DescribeAsync(store, file, sidecars, query, keys, cancellationToken))).ConfigureAwait(false);
            foreach (BackupInfo backup in described.Where(backup => (query.Since is null || backup.CreatedAt >= query.Since) && (!query.VerifiedOnly || backup.Verified)))
            {
                yield return backup;
            }
        }
    }

    /// <summary>The whole listing at once.</summary>
    public async Task<List<BackupInfo>> ReadAsync(CatalogueQuery query, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        var backups = new List<BackupInfo>();
        await foreach (BackupInfo backup in ListAsync(query, keys, cancellationToken).ConfigureAwait(false))
        {
            backups.Add(backup);
        }

        return backups;
    }

    /// <summary>The failure of a listing that shows archives and could read none of them; null for any other. That some are damaged is what a listing tells, and no failure of it.</summary>
    /// <param name="destination">What was listed, without secrets.</param>
    /// <param name="backups">The listing.</param>
    public static SafeDbError? FailureOf(string destination, IReadOnlyCollection<BackupInfo> backups) => backups.Count > 0 && backups.All(backup => backup.Reason is not null)
        ? BackupErrors.NoneReadable.Error(destination, Counted.Of(backups.Count, "file"), backups.First().Name, backups.First().Reason!.TrimEnd('.'))
        : null;

    private async Task<BackupInfo> DescribeAsync(
        IArchiveStore store, StoredFile file, HashSet<string> sidecars, CatalogueQuery query, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        var entry = new BackupInfo
        {
            Backup = ArchiveLocation.Join(store.Display, file.Name),
            Name = file.Name,
            Destination = store.Display,
            DatabaseName = ArchiveName.DatabaseOf(file.Name),
            Bytes = file.Length,
            Held = file.Held,
            HeldBy = file.HeldBy,
            Tier = file.Tier,
        };
        try
        {
            BackupInfo backup = (!query.Authenticate ? ArchiveFacts.Fill(entry, file.Metadata) : null) ?? await OpenAsync(store, entry, query, keys, cancellationToken).ConfigureAwait(false);
            if (!query.Authenticate && sidecars.Contains(file.Name + StoreNames.VerifiedSuffix))
            {
                backup = ListedVerification.Add(backup, await VerificationLog.ReadAsync(store, file.Name, reader: null, cancellationToken).ConfigureAwait(false));
            }

            TimeSpan? age = engine.Clock.GetUtcNow() - backup.CreatedAt;
            return backup with { Age = age, WithinPolicy = query.MaxAge is { } limit && age is { } known ? known <= limit : null };
        }
        catch (SafeDbException problem) when (IsOfTheFile(problem))
        {
            return Unreadable(entry, problem);
        }
    }

    private static async Task<BackupInfo> OpenAsync(IArchiveStore store, BackupInfo entry, CatalogueQuery query, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        IArchiveFile file = await store.OpenAsync(entry.Name, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            using ArchiveReader reader = await ArchiveReader.OpenAsync(file, keys, cancellationToken).ConfigureAwait(false);
            BackupInfo backup = entry with
            {
                ArchiveId = reader.Header.ArchiveId,
                Engine = reader.Header.Engine,
                CreatedAt = reader.Header.Created,
                Encrypted = reader.Header.IsEncrypted,
                Recipients = [.. reader.Header.Recipients.Select(recipient => recipient.Kind.ToString().ToLowerInvariant())],
                Coverage = ArchiveExtent.Of(reader.Header),
            };
            try
            {
                return query.Authenticate ? await AuthenticateAsync(store, backup, reader, cancellationToken).ConfigureAwait(false) : backup;
            }
            catch (SafeDbException problem) when (IsOfTheFile(problem))
            {
                // Without the key the header still says that the archive is sealed and for whom; its time is not believed.
                return Unreadable(backup with { CreatedAt = null }, problem);
            }
        }
    }

    private static async Task<BackupInfo> AuthenticateAsync(IArchiveStore store, BackupInfo backup, ArchiveReader reader, CancellationToken cancellationToken)
    {
        ArchiveManifest manifest = await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
        backup = ManifestFacts.Fill(backup, manifest) with { Database = manifest.Source.Address };
        return ListedVerification.Add(backup, await VerificationLog.ReadAsync(store, backup.Name, reader, cancellationToken).ConfigureAwait(false)) with { Authenticated = true };
    }

    // A store that does not answer says nothing of the file.
    private static bool IsOfTheFile(SafeDbException problem) => problem.Error.Kind is not (ErrorKind.Connection or ErrorKind.Timeout or ErrorKind.Storage or ErrorKind.Cancelled);

    private static BackupInfo Unreadable(BackupInfo entry, SafeDbException problem) => entry with
    {
        IsArchive = problem.Id != ArchiveErrors.NotAnArchive.Id,
        Verification = problem.Error.Kind switch
        {
            _ when problem.Id == ArchiveErrors.NotAnArchive.Id => "Not an archive",
            ErrorKind.Corrupt => "Damaged",
            ErrorKind.Unauthorized => NotOpened,
            _ => "Not readable",
        },
        Reason = $"{problem.Id}: {problem.Message}",
    };

    private static bool Matches(string? pattern, string name, string? database) => pattern is null
        || FileSystemName.MatchesSimpleExpression(pattern, name) || (database is not null && FileSystemName.MatchesSimpleExpression(pattern, database));
}
