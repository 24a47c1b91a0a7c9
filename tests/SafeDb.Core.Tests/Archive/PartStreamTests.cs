using System.IO.Compression;
using SafeDb.Archive.Reading;
using SafeDb.Errors;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class PartStreamTests
{
    /// <summary>The bound holds while reading, not only at the end: what is handed out never exceeds what the manifest states, however little the bomb weighs.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 100_000)]
    [InlineData(false, 100_000)]
    public async Task Bomb_is_stopped_at_the_stated_size(bool compressed, int stated)
    {
        byte[] plain = new byte[20 << 20];
        await using var stream = new PartStream(new OnePiece(compressed ? Compress(plain) : plain), "parts/000001", compressed, stated, exact: true);
        byte[] buffer = new byte[4096];
        long given = 0;
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(async () =>
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, Token)) > 0) given += count;
        });
        Assert.Equal("Archive.PartDamaged", failure.Id);
        Assert.InRange(given, 0, stated);
    }

    private static byte[] Compress(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Fastest)) brotli.Write(plain);
        return output.ToArray();
    }

    private sealed class OnePiece(byte[] content) : IEntrySource
    {
        private bool _given;

        public ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
        {
            ReadOnlyMemory<byte> piece = _given ? default : content;
            _given = true;
            return ValueTask.FromResult(piece);
        }

        public void Dispose()
        {
        }
    }
}
