using System.Text;
using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Schema;
using SafeDb.Stores;
using Xunit;

namespace SafeDb.Core.Tests.Archive;

/// <summary>An archive in memory.</summary>
internal sealed class MemoryFile(byte[] content) : IArchiveFile
{
    public long Length => content.Length;

    public string Tag => "memory";

    public Task ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset + buffer.Length > content.Length) throw StoreErrors.Truncated.Exception("memory");
        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer.Span);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>One table's rows for a test archive.</summary>
internal sealed record TestTable(string Name, IReadOnlyList<string> Chunks);

/// <summary>Makes archives with the real writer and reads them with the real reader.</summary>
internal static class ArchiveKit
{
    internal static readonly byte[] RawKey = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
    internal static readonly DateTimeOffset Created = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    internal static readonly IReadOnlyList<TestTable> Shop =
    [
        new("public.orders", ["1\tpaid\t9.90\n2\topen\t12.00\n", "3\tpaid\t\\N\n"]),
        new("public.customers", ["7\tÅsa\n"]),
        new("public.empty", []),
    ];

    internal static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static ArchiveSecrets Secrets(bool encrypted = true)
    {
        if (!encrypted) return ArchiveSecrets.Unencrypted();
        var secrets = new ArchiveSecrets();
        secrets.AddKey(RawKey);
        return secrets;
    }

    internal static ArchiveKeys Keys()
    {
        var keys = new ArchiveKeys();
        keys.AddKey(RawKey);
        return keys;
    }

    internal static ArchiveWriterOptions Options(ArchiveSecrets secrets, string codec = "br", int partSize = 16 << 20) => new()
    {
        ArchiveId = ArchiveWriter.NewId(), Engine = DatabaseEngine.PostgreSql, Created = Created, Secrets = secrets, Codec = codec, PartSize = partSize,
    };

    internal static ArchiveManifest Manifest(ArchiveWriterOptions options, IReadOnlyList<ManifestTable> tables, IEnumerable<ManifestPart> parts) => new()
    {
        ArchiveId = options.ArchiveId,
        Source = new ManifestSource(options.Engine, 150018, "PostgreSQL 15.18", "shop", "postgresql://backup@db.example/shop"),
        SnapshotTime = Created,
        StartedAt = Created,
        CompletedAt = Created.AddMinutes(1),
        ToolVersion = "0.1.0",
        Scope = BackupScope.Everything,
        Coverage = Coverage.Full,
        SchemaObjects = [new SchemaObject("table", "public.orders", "CREATE TABLE public.orders (id integer);") { Columns = [new SchemaColumn("id", "integer", true)] }],
        SchemaFingerprint = new string('a', 64),
        Tables = tables,
        Parts = [.. parts.OrderBy(part => part.Number)],
        State = new Dictionary<string, string>(StringComparer.Ordinal) { ["sequence public.orders_id_seq"] = "3,true" },
        Properties = new Dictionary<string, string>(StringComparer.Ordinal) { ["encoding"] = "UTF8" },
    };

    internal static async Task<byte[]> WriteAsync(ArchiveWriterOptions options, IReadOnlyList<TestTable>? tables = null)
    {
        using var output = new MemoryStream();
        await using ArchiveWriter writer = await ArchiveWriter.CreateAsync(new ForwardOnlyStream(output), options, Token);
        var written = new List<ManifestTable>();
        var parts = new List<ManifestPart>();
        foreach (TestTable table in tables ?? Shop)
        {
            await using ArchiveUnitWriter unit = writer.OpenUnit(PartKind.Rows, table.Name, 0);
            foreach (string chunk in table.Chunks) await unit.WriteAsync(Encoding.UTF8.GetBytes(chunk), Token);
            UnitResult result = await unit.CompleteAsync(Token);
            written.Add(new ManifestTable(table.Name, ["a", "b"], result.Digest!.ToFingerprint()));
            parts.AddRange(result.Parts);
        }

        await writer.CompleteAsync(Manifest(options, written, parts), Token);
        Assert.Equal(output.Length, writer.StoredBytes);
        return output.ToArray();
    }

    internal static async Task<byte[]> ShopAsync(bool encrypted = true, string codec = "br")
    {
        using ArchiveSecrets secrets = Secrets(encrypted);
        return await WriteAsync(Options(secrets, codec));
    }

    /// <summary>What <c>test</c> does short of a restore: manifest, checksums, every part, fingerprints.</summary>
    internal static async Task<ArchiveManifest> ReadAllAsync(byte[] archive, ArchiveKeys? keys)
    {
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), keys, Token);
        ArchiveManifest manifest = await reader.ReadManifestAsync(Token);
        await reader.VerifyChecksumsAsync(SilentObserver.Instance, Token);
        foreach (ManifestTable table in manifest.Tables)
        {
            RowDigest digest = RowDigest.Create(table.Fingerprint!.Algorithm);
            foreach (ManifestPart part in manifest.Parts.Where(part => part.Target == table.Name)) digest.AddLines(await ReadPartAsync(reader, part));
            Assert.Equal(table.Fingerprint, digest.ToFingerprint());
        }

        return manifest;
    }

    internal static async Task<byte[]> ReadPartAsync(ArchiveReader reader, ManifestPart part)
    {
        await using Stream stream = await reader.OpenPartAsync(part, Token);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Token);
        return copy.ToArray();
    }

    /// <summary>The id of the error that reading the archive ends in; fails when it ends in success or in any other exception.</summary>
    internal static async Task<string> ReadingFailsAsync(byte[] archive, ArchiveKeys? keys, string what)
    {
        try
        {
            await ReadAllAsync(archive, keys);
        }
        catch (SafeDbException failure)
        {
            Assert.False(string.IsNullOrWhiteSpace(failure.Error.RecommendedAction));
            return failure.Id;
        }
        catch (Exception failure)
        {
            Assert.Fail($"{what}: {failure}");
        }

        Assert.Fail($"{what}: the archive was accepted");
        return string.Empty;
    }

    /// <summary>A stream as a pipe is: it can only be written forwards.</summary>
    internal sealed class ForwardOnlyStream(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
