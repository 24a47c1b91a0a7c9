using System.Collections.Concurrent;

using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Providers;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>Runs a backup source the way the pipeline does and keeps the parts in memory, so that sources and targets can be specified without the archive format.</summary>
public sealed class MemoryArchive : IArchivedData
{
    private readonly ConcurrentDictionary<int, byte[]> _parts = new();

    public ArchiveManifest Manifest { get; private set; } = null!;

    public static async Task<MemoryArchive> TakeAsync(IDatabaseProvider provider, SafeDb.Addresses.DatabaseAddress address, BackupRequest? request = null)
    {
        request ??= new BackupRequest { Jobs = 2 };
        var archive = new MemoryArchive();
        await using IBackupSource source = await provider.OpenBackupSourceAsync(address, request, CancellationToken.None);
        BackupContents contents = await source.DescribeAsync(CancellationToken.None);
        var parts = new ConcurrentBag<ManifestPart>();
        var counted = new ConcurrentDictionary<string, RowDigest>(StringComparer.Ordinal);
        int number = 0;
        await Parallel.ForEachAsync(contents.Units, new ParallelOptions { MaxDegreeOfParallelism = request.Jobs }, async (unit, token) =>
        {
            var sink = new Sink();
            await source.ReadAsync(unit, sink, token);
            byte[] bytes = sink.Bytes.ToArray();
            int own = Interlocked.Increment(ref number);
            archive._parts[own] = bytes;
            long rows = 0;
            if (unit.Kind == PartKind.Rows)
            {
                RowDigest digest = counted.GetOrAdd(unit.Target, _ => RowDigest.Create(request.FingerprintAlgorithm));
                lock (digest)
                {
                    long before = digest.Rows;
                    digest.AddLines(bytes);
                    rows = digest.Rows - before;
                }
            }

            parts.Add(new ManifestPart(own, unit.Kind, unit.Target, bytes.Length, bytes.Length, string.Empty, rows, unit.Offset, "none"));
        });
        BackupClosing closing = await source.CompleteAsync(CancellationToken.None);
        archive.Manifest = ToManifest(contents, request, parts, table => closing.Fingerprints.GetValueOrDefault(table.Name)
            ?? (table.RowsOmitted is null ? counted.GetValueOrDefault(table.Name)?.ToFingerprint() ?? RowDigest.Empty(request.FingerprintAlgorithm) : null));
        return archive;
    }

    public Task<Stream> OpenPartAsync(ManifestPart part, CancellationToken cancellationToken) => Task.FromResult<Stream>(new MemoryStream(_parts[part.Number], writable: false));

    /// <summary>Changes bytes of the archived data, as no authenticated archive would let through.</summary>
    public void Change(int part, Action<byte[]> change) => change(_parts[part]);

    /// <summary>Prepares, loads everything and finishes.</summary>
    public async Task<IRestoreTarget> RestoreAsync(IDatabaseProvider provider, RestoreRequest request)
    {
        IRestoreTarget target = await provider.OpenRestoreTargetAsync(request, Manifest, CancellationToken.None);
        try
        {
            await target.PrepareAsync(CancellationToken.None);
            await Parallel.ForEachAsync(Manifest.Parts, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (part, token) =>
            {
                await using Stream plain = await OpenPartAsync(part, token);
                await target.LoadAsync(part, plain, token);
            });
            await target.FinishAsync(CancellationToken.None);
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    private static ArchiveManifest ToManifest(BackupContents contents, BackupRequest request, IEnumerable<ManifestPart> parts, Func<ManifestTable, RowFingerprint?> fingerprint) => new()
    {
        ArchiveId = new string('0', 32),
        Source = contents.Source,
        SnapshotTime = contents.SnapshotTime,
        StartedAt = contents.SnapshotTime,
        CompletedAt = contents.SnapshotTime,
        ToolVersion = "0.0.0",
        Scope = request.Scope,
        Coverage = contents.Coverage,
        SchemaObjects = contents.Schema.Objects,
        SchemaFingerprint = contents.Schema.Fingerprint(),
        Tables = [.. contents.Tables.Select(table => table with { Fingerprint = fingerprint(table) })],
        Parts = [.. parts.OrderBy(part => part.Number)],
        State = contents.State,
        Properties = contents.Properties,
    };

    private sealed class Sink : IPartSink
    {
        public MemoryStream Bytes { get; } = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) => Bytes.WriteAsync(data, cancellationToken);
    }
}
