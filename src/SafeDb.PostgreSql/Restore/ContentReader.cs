using System.Collections.Concurrent;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.PostgreSql.Backup;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Reads a copy back with the very code that reads a source for a backup, into digests instead of an archive.</summary>
internal sealed class ContentReader(DatabaseAddress copy, ArchiveManifest manifest, RestoreChoice choice, IReadOnlySet<string> unvalidated, IReadOnlySet<string> leftOut, IReadOnlySet<string> present, TimeProvider time)
{
    /// <summary>Schema, digests and state of the copy.</summary>
    public async Task<RestoredContent> ReadAsync(RestoredContentRequest request, RestoreRequest restore, CancellationToken cancellationToken)
    {
        var backup = new BackupRequest { Scope = manifest.Scope with { SchemaOnly = restore.SchemaOnly || manifest.Scope.SchemaOnly }, Jobs = request.Jobs, AllowPartial = true, Observer = restore.Observer };
        var source = new PostgreSqlBackupSource(copy, backup, time)
        {
            ColumnOrder = manifest.Tables.ToDictionary(table => table.Name, table => table.Columns, StringComparer.Ordinal), Archived = manifest.Tables,
        };
        await using var sourceScope = source.ConfigureAwait(false);
        BackupContents contents = await source.DescribeAsync(cancellationToken).ConfigureAwait(false);
        ConcurrentDictionary<string, RowDigest> digests = Digests(contents, request);
        await Parallel.ForEachAsync(
            contents.Units.Where(unit => digests.ContainsKey(unit.Target)),
            new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, request.Jobs), CancellationToken = cancellationToken },
            async (unit, token) =>
            {
                var sink = new DigestSink(digests[unit.Target].AlgorithmId);
                await source.ReadAsync(unit, sink, token).ConfigureAwait(false);
                lock (digests[unit.Target])
                {
                    digests[unit.Target].Merge(sink.Digest);
                }
            }).ConfigureAwait(false);
        await source.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return new RestoredContent(
            AsRestored(contents.Schema),
            digests.ToDictionary(item => item.Key, item => item.Value.ToFingerprint(), StringComparer.Ordinal),
            SourceState.Expected(contents.State, manifest.State, choice.HasRows(SourceTable.LargeObjects), !restore.NoOwner, !restore.NoPrivileges))
        {
            ObjectsNotCompared = manifest.SchemaObjects.Count(IsLeftOut),
        };
    }

    private bool IsLeftOut(SchemaObject item) => !choice.Wants(item) || leftOut.Contains(item.Key);

    private ConcurrentDictionary<string, RowDigest> Digests(BackupContents contents, RestoredContentRequest request)
    {
        string algorithm = manifest.Tables.Select(table => table.Fingerprint?.Algorithm).FirstOrDefault(id => id is not null) ?? "sha256";
        var digests = new ConcurrentDictionary<string, RowDigest>(StringComparer.Ordinal);
        foreach (ManifestTable table in contents.Tables.Where(table => table.RowsOmitted is null && choice.HasRows(table.Name) && request.Tables?.Contains(table.Name) != false))
        {
            digests[table.Name] = RowDigest.Create(algorithm);
        }

        return digests;
    }

    // What this restore left out or left unvalidated on purpose (and said so) is not a difference. Nor is a comment of the server's own on something of which the archive says nothing: the source does not have it.
    private DatabaseSchema AsRestored(DatabaseSchema schema)
    {
        Dictionary<string, SchemaObject> expected = manifest.SchemaObjects
            .Where(item => unvalidated.Contains(item.Key) || item.Kind == SubscriptionText.Kind).ToDictionary(item => item.Key, StringComparer.Ordinal);
        HashSet<string> archived = [.. manifest.SchemaObjects.Select(item => item.Key)];
        bool IsServersOwn(SchemaObject item) => item.Kind == "comment" && present.Contains(item.Definition) && !archived.Contains(item.Key);
        return schema with
        {
            Objects =
            [
                .. schema.Objects.Where(item => choice.Wants(item) && !IsServersOwn(item)).Select(item =>
                    expected.TryGetValue(item.Key, out SchemaObject? original) && IsAsMade(item, original) ? original : item),
                .. manifest.SchemaObjects.Where(IsLeftOut),
            ],
        };
    }

    private static bool IsAsMade(SchemaObject item, SchemaObject original) => item.Kind == SubscriptionText.Kind
        ? item.Definition == SubscriptionText.WithoutSlot(original.Definition)
        : item.Definition.Replace(" NOT VALID", "", StringComparison.Ordinal) == original.Definition;

    private sealed class DigestSink(string algorithm) : IPartSink
    {
        public RowDigest Digest { get; } = RowDigest.Create(algorithm);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            Digest.AddLines(data.Span);
            return ValueTask.CompletedTask;
        }
    }
}
