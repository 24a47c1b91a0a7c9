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
                backup = WithVerification(backup, await VerificationLog.ReadAsync(store, file.Name, reader: null, cancellationToken).ConfigureAwait(false));
            }

            TimeSpan? age = engine.Clock.GetUtcNow() - backup.CreatedAt;
            return backup with { Age = age, WithinPolicy = query.MaxAge is { } limit && age is { } known ? known <= limit : null };
        }
        catch (SafeDbException problem) when (problem.Error.Kind is not (ErrorKind.Connection or ErrorKind.Timeout or ErrorKind.Storage or ErrorKind.Cancelled))
        {
            return entry with { Reason = $"{problem.Id}: {problem.Message}" };
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
            };
            if (!query.Authenticate)
            {
                return backup;
            }

            ArchiveManifest manifest = await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
            backup = backup with
            {
                DatabaseName = manifest.Source.Database,
                Database = manifest.Source.Address,
                CreatedAt = manifest.SnapshotTime,
                Rows = manifest.Tables.Sum(table => table.Fingerprint?.Rows ?? 0),
                Tables = manifest.Tables.Count,
                Coverage = manifest.Coverage.Complete ? "Complete" : "Partial",
                NotCovered = manifest.Coverage.NotCovered,
            };
            return WithVerification(backup, await VerificationLog.ReadAsync(store, entry.Name, reader, cancellationToken).ConfigureAwait(false)) with { Authenticated = true };
        }
    }

    // The newest record that can be believed tells; records that were forged or moved are no evidence of anything.
    private static BackupInfo WithVerification(BackupInfo backup, IReadOnlyList<VerificationEntry> entries)
    {
        VerificationEntry? last = entries.LastOrDefault(entry => entry.State is VerificationState.Valid or VerificationState.Unkeyed or VerificationState.Unchecked);
        VerificationEntry? drill = entries.LastOrDefault(entry => entry.State is VerificationState.Valid or VerificationState.Unkeyed && entry.Record.Level == nameof(VerificationLevel.Restore));
        return backup with
        {
            VerifiedAt = last?.Record.VerifiedAt,
            Verification = last is null ? null : $"{last.Record.Level}: {(last.Record.Passed ? "Passed" : "Failed")}{(last.State == VerificationState.Unchecked ? " (not authenticated)" : string.Empty)}",
            Verified = drill?.Record.Passed == true,
            DrilledAt = drill?.Record.VerifiedAt,
        };
    }

    private static bool Matches(string? pattern, string name, string? database) => pattern is null
        || FileSystemName.MatchesSimpleExpression(pattern, name) || (database is not null && FileSystemName.MatchesSimpleExpression(pattern, database));
}
