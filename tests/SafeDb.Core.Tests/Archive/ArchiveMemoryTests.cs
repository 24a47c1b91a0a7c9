using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Stores;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

/// <summary>A gigabyte of rows (64 MiB in the default run) goes through the writer from two threads and back, into a real file, in bounded memory.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class ArchiveMemoryTests : IDisposable
{
    private const long Limit = 160L << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-memory").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("br")]
    [InlineData("none")]
    public async Task Memory_stays_bounded_however_much_is_written(string codec)
    {
        long bytes = Environment.GetEnvironmentVariable("SAFEDB_LONG_TESTS") == "1" ? 1L << 30 : 64L << 20;
        byte[] rows = Rows();
        var store = new FolderStore(_folder);
        using ArchiveSecrets secrets = Secrets();
        ArchiveWriterOptions options = Options(secrets, codec);
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long peak = 0;
        await using (IArchiveUpload upload = await store.CreateAsync("a.safedb", Token))
        {
            await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(upload.Stream, options, Token);
            UnitResult[] units = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Rows, "t", 0);
                for (long written = 0; written < bytes / 2; written += rows.Length)
                {
                    await unit.WriteAsync(rows, Token);
                    long now = GC.GetTotalMemory(forceFullCollection: false) - before;
                    if (now > Interlocked.Read(ref peak)) Interlocked.Exchange(ref peak, now);
                }

                return await unit.CompleteAsync(Token);
            })));
            RowDigest digest = RowDigest.Create(writer.RowAlgorithmId);
            foreach (UnitResult unit in units) digest.Merge(unit.Digest!);
            await writer.CompleteAsync(Manifest(options, [new ManifestTable("t", ["a"], digest.ToFingerprint())], units.SelectMany(unit => unit.Parts)), Token);
            await upload.CommitAsync(Token);
        }

        Assert.InRange(peak, 0, Limit);
        await using IArchiveFile file = await store.OpenAsync("a.safedb", Token);
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ArchiveReader.OpenAsync(file, keys, Token);
        ArchiveManifest manifest = await reader.ReadManifestAsync(Token);
        await reader.VerifyChecksumsAsync(SilentObserver.Instance, Token);
        byte[] buffer = new byte[1 << 16];
        long read = 0;
        foreach (ManifestPart part in manifest.Parts)
        {
            await using Stream plain = await reader.OpenPartAsync(part, Token);
            int count;
            while ((count = await plain.ReadAsync(buffer, Token)) > 0) read += count;
            Assert.InRange(GC.GetTotalMemory(forceFullCollection: false) - before, long.MinValue, Limit);
        }

        Assert.Equal(manifest.Parts.Sum(part => part.PlainBytes), read);
        Assert.True(read >= bytes);
    }

    private static byte[] Rows()
    {
        var random = new Random(7);
        using var text = new MemoryStream();
        using var writer = new StreamWriter(text);
        for (int i = 0; i < 2500; i++) writer.Write($"{i}\t{random.NextInt64()}\tcustomer {random.Next(1000)}\t{random.NextDouble()}\t2026-01-01 00:00:00\\\\x\n");
        writer.Flush();
        return text.ToArray();
    }
}

/// <summary>Tests that measure the whole process run after the parallel ones, by themselves.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
