using System.Collections.Concurrent;

using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.PostgreSql;
using SafeDb.Providers;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>An archive in memory: the backup's rows as they came, without compression and encryption, so that a test of the provider depends on the provider alone.</summary>
public sealed class MemoryArchive : IArchivedData
{
    public const string Algorithm = "xxh3-128:00112233aabbccdd";
    private readonly Dictionary<int, byte[]> _parts;

    private MemoryArchive(ArchiveManifest manifest, Dictionary<int, byte[]> parts) => (Manifest, _parts) = (manifest, parts);

    public ArchiveManifest Manifest { get; }

    public static async Task<MemoryArchive> BackupAsync(string address, BackupRequest? request = null, Func<DataUnit, Task>? beforeUnit = null, CancellationToken cancellationToken = default)
    {
        var provider = new PostgreSqlProvider();
        BackupRequest wanted = request ?? new BackupRequest { Jobs = 2 };
        await using IBackupSource source = await provider.OpenBackupSourceAsync(provider.TryParse(address)!, wanted, cancellationToken);
        BackupContents contents = await source.DescribeAsync(cancellationToken);
        var sinks = new ConcurrentDictionary<DataUnit, Sink>();
        await Parallel.ForEachAsync(contents.Units, new ParallelOptions { MaxDegreeOfParallelism = wanted.Jobs, CancellationToken = cancellationToken }, async (unit, token) =>
        {
            await (beforeUnit?.Invoke(unit) ?? Task.CompletedTask);
            await source.ReadAsync(unit, sinks.GetOrAdd(unit, new Sink()), token);
        });
        await source.CompleteAsync(cancellationToken);
        return From(contents, wanted.Scope, sinks);
    }

    /// <summary>The same rows under another manifest.</summary>
    public MemoryArchive As(ArchiveManifest manifest) => new(manifest, _parts);

    public Task<Stream> OpenPartAsync(ManifestPart part, CancellationToken cancellationToken) => Task.FromResult<Stream>(new MemoryStream(_parts[part.Number]));

    /// <summary>The rows of a table, sorted.</summary>
    public IReadOnlyList<string> Lines(string table) =>
        [.. Manifest.Parts.Where(part => part.Target == table)
            .SelectMany(part => System.Text.Encoding.UTF8.GetString(_parts[part.Number]).Split('\n')[..^1])
            .Order(StringComparer.Ordinal)];

    private static MemoryArchive From(BackupContents contents, BackupScope scope, ConcurrentDictionary<DataUnit, Sink> sinks)
    {
        var parts = new List<ManifestPart>();
        var bytes = new Dictionary<int, byte[]>();
        var digests = contents.Tables.Where(table => table.RowsOmitted is null).ToDictionary(table => table.Name, _ => RowDigest.Create(Algorithm), StringComparer.Ordinal);
        foreach ((DataUnit unit, Sink sink) in sinks)
        {
            digests[unit.Target].Merge(sink.Digest);
            byte[] content = sink.Bytes.ToArray();
            int number = parts.Count + 1;
            parts.Add(new ManifestPart(number, unit.Kind, unit.Target, content.Length, content.Length, "", sink.Digest.Rows, 0, "none"));
            bytes[number] = content;
        }

        var manifest = new ArchiveManifest
        {
            ArchiveId = new string('0', 32),
            Source = contents.Source,
            SnapshotTime = contents.SnapshotTime,
            StartedAt = contents.SnapshotTime,
            CompletedAt = contents.SnapshotTime,
            ToolVersion = "test",
            Scope = scope,
            Coverage = contents.Coverage,
            SchemaObjects = contents.Schema.Objects,
            SchemaFingerprint = contents.Schema.Fingerprint(),
            Tables = [.. contents.Tables.Select(table => table with { Fingerprint = digests.TryGetValue(table.Name, out RowDigest? digest) ? digest.ToFingerprint() : null })],
            Parts = parts,
            State = contents.State,
            Properties = contents.Properties,
        };
        return new MemoryArchive(manifest, bytes);
    }

    private sealed class Sink : IPartSink
    {
        public MemoryStream Bytes { get; } = new();

        public RowDigest Digest { get; } = RowDigest.Create(Algorithm);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            // AddLines refuses what does not end in LF: each write must hold whole lines.
            Digest.AddLines(data.Span);
            Bytes.Write(data.Span);
            return ValueTask.CompletedTask;
        }
    }
}
