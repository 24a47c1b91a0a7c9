using System.Security.Cryptography;
using SafeDb.Archive.Reading;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Writing;
using SafeDb.Archive.Zip;
using SafeDb.Errors;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class SegmentSealerTests
{
    private const string Id = "00112233445566778899aabbccddeeff";
    private const int First = SegmentLayout.SegmentSize - SegmentLayout.TagSize - SegmentLayout.HeaderSize;
    private const int Later = SegmentLayout.SegmentSize - SegmentLayout.TagSize;

    public static TheoryData<int> Sizes => new(0, 1, First - 1, First, First + 1, First + Later - 1, First + Later, First + Later + 1, (3 << 20) + 5);

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Sealed_bytes_open_again_and_fill_whole_segments(int size)
    {
        byte[] plain = RandomNumberGenerator.GetBytes(size);
        byte[] stored = Seal(plain);
        int segments = size <= First ? 1 : 1 + ((size - First + Later - 1) / Later);
        Assert.Equal(size + SegmentLayout.HeaderSize + (segments * SegmentLayout.TagSize), stored.Length);
        Assert.Equal(plain, await OpenAsync(stored, "parts/000001", Id));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Cut_moved_swapped_or_renamed_segments_do_not_open(int size)
    {
        byte[] stored = Seal(RandomNumberGenerator.GetBytes(size));
        for (int cut = SegmentLayout.SegmentSize; cut < stored.Length; cut += SegmentLayout.SegmentSize) await RefusedAsync(stored[..cut]);
        await RefusedAsync(stored[..^1]);
        await RefusedAsync([.. stored, 0]);
        await RefusedAsync([.. stored[..^1], (byte)(stored[^1] ^ 1)]);
        await RefusedAsync([41, .. stored[1..]]);
        await RefusedAsync([.. stored[..1], (byte)(stored[1] ^ 1), .. stored[2..]]);
        await RefusedAsync([.. stored[..39], (byte)(stored[39] ^ 1), .. stored[40..]]);
        await RefusedAsync(stored, "parts/000002");
        await RefusedAsync(stored, "parts/000001", "00112233445566778899aabbccddeefe");
        if (stored.Length < 3 * SegmentLayout.SegmentSize) return;
        const int segment = SegmentLayout.SegmentSize;
        await RefusedAsync([.. stored[..segment], .. stored[(2 * segment)..(3 * segment)], .. stored[segment..(2 * segment)], .. stored[(3 * segment)..]]);
        await RefusedAsync([.. stored[..segment], .. stored[(2 * segment)..]]);
    }

    /// <summary>The expected bytes were computed with Python's <c>cryptography</c> from the published layout: key 00…1f, salt 20…3f, prefix 40…46.</summary>
    [Theory]
    [InlineData("", "28202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344454688a976f44566073d6aa66ad394cb8a99")]
    [InlineData("safedb", "28202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f4041424344454665cd2dcdba7c1b11bc106dd370c9df929a167f2a814a")]
    public void Known_answers(string text, string expected)
    {
        using DataKey key = Key(Id);
        using var buffer = new EntryBuffer("parts/000001");
        using var sealer = new SegmentSealer(key, buffer, [.. Enumerable.Range(0x20, 39).Select(i => (byte)i)]);
        sealer.Write(System.Text.Encoding.ASCII.GetBytes(text));
        sealer.Complete();
        Assert.Equal(expected, Convert.ToHexString(Bytes(buffer)).ToLowerInvariant());
    }

    [Fact]
    public void Crc_is_the_one_of_zip() => Assert.Equal(0xCBF43926u, Crc32.Append(Crc32.Append(0, "1234"u8), "56789"u8));

    private static DataKey Key(string id) => DataKey.From(id, [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private static byte[] Seal(byte[] plain)
    {
        using DataKey key = Key(Id);
        using var buffer = new EntryBuffer("parts/000001");
        using var sealer = new SegmentSealer(key, buffer);
        foreach (byte[] piece in plain.Chunk(70_001)) sealer.Write(piece);
        sealer.Complete();
        return Bytes(buffer);
    }

    private static byte[] Bytes(EntryBuffer buffer) => [.. buffer.Chunks.SelectMany(chunk => chunk.Bytes.Take(chunk.Length))];

    private static async Task<byte[]> OpenAsync(byte[] stored, string name, string id)
    {
        using DataKey key = Key(id);
        var entry = new ZipEntry(name, 0, (uint)stored.Length, 0);
        byte[] file = [.. new byte[entry.DataOffset], .. stored];
        using var source = new SealedSource(new MemoryFile(file), entry, key);
        using var plain = new MemoryStream();
        while (true)
        {
            ReadOnlyMemory<byte> piece = await source.NextAsync(Token);
            if (piece.IsEmpty) return plain.ToArray();
            plain.Write(piece.Span);
        }
    }

    private static async Task RefusedAsync(byte[] stored, string name = "parts/000001", string id = Id) =>
        Assert.Equal("Archive.PartDamaged", (await Assert.ThrowsAsync<SafeDbException>(() => OpenAsync(stored, name, id))).Id);
}
