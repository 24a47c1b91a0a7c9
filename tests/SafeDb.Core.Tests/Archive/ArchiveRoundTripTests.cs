using System.Security.Cryptography;
using System.Text;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class ArchiveRoundTripTests
{
    [Theory]
    [InlineData(true, "br")]
    [InlineData(true, "none")]
    [InlineData(false, "br")]
    [InlineData(false, "none")]
    public async Task What_was_written_is_read_back(bool encrypted, string codec)
    {
        byte[] archive = await ShopAsync(encrypted, codec);
        using ArchiveKeys? keys = encrypted ? Keys() : null;
        ArchiveManifest manifest = await ReadAllAsync(archive, keys);
        Assert.Equal(2, manifest.Parts.Count);
        Assert.Equal([3L, 1L, 0L], manifest.Tables.Select(table => table.Fingerprint!.Rows));
        Assert.Equal("3,true", manifest.State["sequence public.orders_id_seq"]);
        Assert.Equal("CREATE TABLE public.orders (id integer);", manifest.SchemaObjects[0].Definition);
    }

    [Fact]
    public async Task Clear_facts_need_no_key_and_names_of_tables_are_not_among_them()
    {
        byte[] archive = await ShopAsync();
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), null, Token);
        Assert.Equal(Created, reader.Header.Created);
        Assert.Equal("key", reader.Header.DescribeRecipients());
        Assert.Equal(new ChecksumResult(7, archive.Length), await reader.VerifyChecksumsAsync(SilentObserver.Instance, Token));
        foreach (string secret in new[] { "orders", "customers", "shop", "db.example" })
            Assert.Equal(-1, archive.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public async Task Parts_are_cut_at_row_borders(int partSize)
    {
        string[] rows = [.. Enumerable.Range(0, 200).Select(i => $"{i}\t{new string('x', i % 37)}\n")];
        using ArchiveSecrets secrets = Secrets();
        string[] chunks = [.. rows.Chunk(23).Select(chunk => string.Concat(chunk))];
        byte[] archive = await WriteAsync(Options(secrets, partSize: partSize), [new TestTable("t", chunks)]);
        using ArchiveKeys keys = Keys();
        await ReadAllAsync(archive, keys);
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), keys, Token);
        ArchiveManifest manifest = await reader.ReadManifestAsync(Token);
        var all = new StringBuilder();
        foreach (ManifestPart part in manifest.Parts)
        {
            string text = Encoding.UTF8.GetString(await ReadPartAsync(reader, part));
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
            Assert.Equal(part.Rows, text.Count(c => c == '\n'));
            Assert.True(text.Length <= partSize || part.Rows == 1);
            all.Append(text);
        }

        Assert.Equal(string.Concat(rows), all.ToString());
    }

    [Fact]
    public async Task Images_are_cut_at_the_part_size_and_know_their_offsets()
    {
        byte[] image = RandomNumberGenerator.GetBytes(10_000);
        using ArchiveSecrets secrets = Secrets();
        ArchiveWriterOptions options = Options(secrets, partSize: 4096);
        using var output = new MemoryStream();
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(output, options, Token);
        await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Image, string.Empty, 500);
        await unit.WriteAsync(image.AsMemory(0, 3000), Token);
        await unit.WriteAsync(image.AsMemory(3000), Token);
        UnitResult result = await unit.CompleteAsync(Token);
        Assert.Null(result.Digest);
        Assert.Equal([(500L, 4096L), (4596L, 4096L), (8692L, 1808L)], result.Parts.Select(part => (part.Offset, part.PlainBytes)));
        await writer.CompleteAsync(Manifest(options, [], result.Parts), Token);
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(output.ToArray()), keys, Token);
        await reader.ReadManifestAsync(Token);
        byte[][] parts = await Task.WhenAll(reader.Manifest.Parts.Select(part => Task.Run(() => ReadPartAsync(reader, part))));
        Assert.Equal(image, parts.SelectMany(part => part));
    }

    [Fact]
    public async Task Units_may_be_written_at_the_same_time()
    {
        using ArchiveSecrets secrets = Secrets();
        ArchiveWriterOptions options = Options(secrets, partSize: 5000) with { WaitingBytes = 10_000 };
        using var output = new MemoryStream();
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(output, options, Token);
        UnitResult[] units = await Task.WhenAll(Enumerable.Range(0, 8).Select(unit => Task.Run(async () =>
        {
            await using ArchiveUnitWriter sink = writer.OpenUnit(PartKind.Rows, "t" + (unit % 2), 0);
            for (int i = 0; i < 300; i++) await sink.WriteAsync(Encoding.UTF8.GetBytes($"{unit}\t{i}\t{Guid.NewGuid()}\n{i}\n"), Token);
            return await sink.CompleteAsync(Token);
        })));
        ManifestTable[] tables = [.. Enumerable.Range(0, 2).Select(table =>
        {
            RowDigest digest = RowDigest.Create(writer.RowAlgorithmId);
            foreach (UnitResult unit in units.Where((_, index) => index % 2 == table)) digest.Merge(unit.Digest!);
            return new ManifestTable("t" + table, ["a"], digest.ToFingerprint());
        })];
        await writer.CompleteAsync(Manifest(options, tables, units.SelectMany(unit => unit.Parts)), Token);
        using ArchiveKeys keys = Keys();
        ArchiveManifest manifest = await ReadAllAsync(output.ToArray(), keys);
        Assert.Equal(4800, manifest.Tables.Sum(table => table.Fingerprint!.Rows));
    }

    [Fact]
    public async Task Archive_that_was_not_completed_is_refused()
    {
        using ArchiveSecrets secrets = Secrets();
        ArchiveWriterOptions options = Options(secrets);
        using var output = new MemoryStream();
        await using (ArchiveWriter writer = await ArchiveWriter.CreateAsync(output, options, Token))
        {
            await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Rows, "t", 0);
            await unit.WriteAsync("1\n"u8.ToArray(), Token);
            await unit.CompleteAsync(Token);
        }

        using ArchiveKeys keys = Keys();
        Assert.Equal(output.Length == 0 ? "Archive.NotAnArchive" : "Archive.Incomplete", await ReadingFailsAsync(output.ToArray(), keys, "incomplete"));
    }

    [Fact]
    public async Task Archive_with_an_abandoned_unit_cannot_be_completed()
    {
        using ArchiveSecrets secrets = Secrets();
        ArchiveWriterOptions options = Options(secrets);
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(new MemoryStream(), options, Token);
        ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Rows, "t", 0);
        await unit.WriteAsync("1\n"u8.ToArray(), Token);
        SafeDbException open = await Assert.ThrowsAsync<SafeDbException>(() => writer.CompleteAsync(Manifest(options, [], []), Token));
        Assert.Equal("Archive.WriteFailed", open.Id);
        await unit.DisposeAsync();
        SafeDbException abandoned = await Assert.ThrowsAsync<SafeDbException>(() => writer.CompleteAsync(Manifest(options, [], []), Token));
        Assert.Equal("Archive.WriteFailed", abandoned.Id);
    }

    [Fact]
    public async Task Failing_destination_ends_every_unit_with_its_first_error()
    {
        using ArchiveSecrets secrets = Secrets();
        ArchiveWriterOptions options = Options(secrets, codec: "none", partSize: 1 << 16) with { WaitingBytes = 1 << 17 };
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(new FullStream(1 << 18), options, Token);
        await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Image, string.Empty, 0);
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(async () =>
        {
            for (int i = 0; i < 100; i++) await unit.WriteAsync(new byte[1 << 16], Token);
        });
        Assert.Equal("Archive.OutputFailed", failure.Id);
    }

    [Fact]
    public async Task Rows_that_are_not_whole_lines_are_refused()
    {
        using ArchiveSecrets secrets = Secrets();
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(new MemoryStream(), Options(secrets), Token);
        await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Rows, "t", 0);
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(async () => await unit.WriteAsync("1\n2"u8.ToArray(), Token));
        Assert.Equal("Fingerprint.LineNotWhole", failure.Id);
    }

    private sealed class FullStream(int room) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            Length + buffer.Length > room ? throw new IOException("No space left on device") : base.WriteAsync(buffer, cancellationToken);
    }
}
