using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SafeDb.Archive;
using SafeDb.Archive.Zip;
using SafeDb.Observation;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

/// <summary>What somebody without the key can do who knows the format: every file is consistent in itself, down to checksums and ZIP structures.</summary>
public sealed class ArchiveForgeryTests
{
    private static readonly uint DosTime = ZipLayout.DosTime(Created);

    [Fact]
    public async Task Rebuilt_archive_is_byte_for_byte_the_same()
    {
        byte[] archive = await ShopAsync();
        Assert.Equal(archive, Build(await EntriesAsync(archive)));
    }

    [Fact]
    public async Task Consistent_rewrites_pass_without_the_key_and_fail_with_it()
    {
        byte[] archive = await ShopAsync();
        byte[] other = await ShopAsync();
        using ArchiveKeys keys = Keys();
        Dictionary<string, Func<List<(string Name, byte[] Content)>, List<(string, byte[])>>> forgeries = new(StringComparer.Ordinal)
        {
            ["another readme"] = entries => Replace(entries, "README.txt", "call this number"u8.ToArray()),
            ["another time"] = entries => Replace(entries, "header.json", Edit(Content(entries, "header.json"), "\"recipients\"", "\"x\":1,\"recipients\"")),
            ["swapped parts"] = entries => Replace(Replace(entries, "parts/000001", Content(entries, "parts/000002")), "parts/000002", Content(entries, "parts/000001")),
            ["other order of parts"] = entries => [.. entries.Take(2), entries[3], entries[2], .. entries.Skip(4)],
            ["part of another archive"] = entries => Replace(entries, "parts/000001", Content(EntriesAsync(other).Result, "parts/000001")),
            ["manifest of another archive"] = entries => Replace(entries, "manifest", Content(EntriesAsync(other).Result, "manifest")),
            ["a part removed"] = entries => [.. entries.Where(entry => entry.Name != "parts/000002")],
            ["a part added"] = entries => [.. entries.Take(4), ("parts/000003", entries[2].Content), .. entries.Skip(4)],
            ["checksums of another archive"] = entries => Replace(entries, "manifest.hmac", Content(EntriesAsync(other).Result, "manifest.hmac")),
            ["an empty part"] = entries => Replace(entries, "parts/000001", []),
        };
        foreach ((string what, Func<List<(string, byte[])>, List<(string, byte[])>> forge) in forgeries)
        {
            byte[] forged = Build(WithChecksums(forge(await EntriesAsync(archive))));
            using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(forged), null, Token);
            await reader.VerifyChecksumsAsync(SilentObserver.Instance, Token);
            Assert.Equal("Archive.NotAuthentic", await ReadingFailsAsync(forged, keys, what));
        }
    }

    [Theory]
    [InlineData("../../etc/cron.d/x")]
    [InlineData("parts/../../x")]
    [InlineData("/parts/00001")]
    [InlineData("C:\\parts\\1")]
    [InlineData("parts/1")]
    [InlineData("parts/0000001")]
    [InlineData("parts/00000٣")]
    [InlineData("parts/000000")]
    [InlineData("parts/000009")]
    [InlineData("parts/000001")]
    [InlineData("PARTS/000002")]
    [InlineData("manifest")]
    [InlineData("header.json")]
    [InlineData("")]
    public async Task Foreign_and_double_names_are_refused(string name)
    {
        foreach (bool encrypted in new[] { true, false })
        {
            List<(string Name, byte[] Content)> entries = await EntriesAsync(await ShopAsync(encrypted));
            entries[3] = (name, entries[3].Content);
            using ArchiveKeys? keys = encrypted ? Keys() : null;
            Assert.Equal("Archive.Damaged", await ReadingFailsAsync(Build(WithChecksums(entries)), keys, name));
        }
    }

    [Theory]
    [InlineData(long.MaxValue, 0, 0)]
    [InlineData(-1, 0, 0)]
    [InlineData(7, -1, 0)]
    [InlineData(7, long.MaxValue, 100)]
    [InlineData(7, 0, long.MaxValue)]
    [InlineData(7, long.MinValue, long.MinValue)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    public async Task Absurd_counts_and_lengths_are_refused(long entries, long offset, long size)
    {
        byte[] archive = await ShopAsync();
        byte[] end = ZipLayout.End(entries, 0, 0);
        BitConverter.TryWriteBytes(end.AsSpan(40), size);
        BitConverter.TryWriteBytes(end.AsSpan(48), offset);
        Assert.Equal("Archive.Damaged", await ReadingFailsAsync([.. archive[..^ZipLayout.EndSize], .. end], null, "absurd"));
    }

    [Fact]
    public async Task Overlapping_entries_are_refused()
    {
        byte[] archive = await ShopAsync(encrypted: false);
        List<(string Name, byte[] Content)> entries = await EntriesAsync(archive);
        byte[] body = Build(entries);
        long offset = 0;
        var list = new List<ZipEntry>();
        foreach ((string name, byte[] content) in entries)
        {
            var entry = new ZipEntry(name, offset, (uint)content.Length, Crc32.Append(0, content));
            offset = entry.EndOffset;
            list.Add(entry);
        }

        list[3] = list[3] with { Offset = list[2].Offset };
        byte[] directory = [.. list.SelectMany(entry => ZipLayout.CentralHeader(entry, DosTime))];
        Assert.Equal("Archive.Damaged", await ReadingFailsAsync([.. body[..(int)offset], .. directory, .. ZipLayout.End(list.Count, offset, directory.Length)], null, "overlap"));
    }

    /// <summary>In an unencrypted archive anybody may have written the manifest: a part that unpacks to more than it states must be stopped, one that unpacks to less or has something behind it too.</summary>
    [Theory]
    [InlineData(1_000_000, 0)]
    [InlineData(10, 0)]
    [InlineData(0, 0)]
    [InlineData(1_000_001, 7)]
    public async Task Bombs_and_short_parts_are_refused(int stated, int trailing)
    {
        using ArchiveSecrets secrets = Secrets(encrypted: false);
        ArchiveWriterOptions options = Options(secrets);
        List<(string Name, byte[] Content)> entries = await EntriesAsync(await WriteAsync(options));
        byte[] bomb = [.. Compress(new byte[1_000_001]), .. new byte[trailing]];
        ArchiveManifest manifest = JsonSerializer.Deserialize(Decompress(Content(entries, "manifest")), ArchiveJson.Default.ArchiveManifest)!;
        ManifestPart part = manifest.Parts[0] with { PlainBytes = stated, StoredBytes = bomb.Length, Sha256 = Convert.ToHexString(SHA256.HashData(bomb)).ToLowerInvariant() };
        manifest = manifest with { Parts = [part, manifest.Parts[1]] };
        entries = Replace(Replace(entries, "parts/000001", bomb), "manifest", Compress(JsonSerializer.SerializeToUtf8Bytes(manifest, ArchiveJson.Default.ArchiveManifest)));
        Assert.Equal("Archive.PartDamaged", await ReadingFailsAsync(Build(WithChecksums(entries)), null, "bomb"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"formatVersion\":1")]
    [InlineData("\0\0")]
    public async Task Foreign_manifests_are_refused(string json)
    {
        List<(string Name, byte[] Content)> entries = await EntriesAsync(await ShopAsync(encrypted: false));
        entries = Replace(entries, "manifest", Compress(Encoding.UTF8.GetBytes(json)));
        Assert.Equal("Archive.Damaged", await ReadingFailsAsync(Build(WithChecksums(entries)), null, json));
    }

    /// <summary>Takes every member of a real manifest away, or makes it null, a number, a text or a list.</summary>
    [Fact]
    public async Task Manifest_with_any_member_replaced_never_crashes_the_reader()
    {
        List<(string Name, byte[] Content)> entries = await EntriesAsync(await ShopAsync(encrypted: false));
        string json = Encoding.UTF8.GetString(Decompress(Content(entries, "manifest")));
        var paths = new List<string>();
        Walk(System.Text.Json.Nodes.JsonNode.Parse(json)!, node => paths.Add(node.GetPath()));
        Assert.True(paths.Count > 60);
        foreach (string path in paths)
        {
            foreach (string value in new[] { "null", "-1", "\"x\"", "[null]", "{\"x\":null}" })
            {
                System.Text.Json.Nodes.JsonNode root = System.Text.Json.Nodes.JsonNode.Parse(json)!;
                Walk(root, node =>
                {
                    if (node.GetPath() == path && node.Parent is not null) node.ReplaceWith(System.Text.Json.Nodes.JsonNode.Parse(value));
                });
                byte[] forged = Build(WithChecksums(Replace(entries, "manifest", Compress(Encoding.UTF8.GetBytes(root.ToJsonString())))));
                try
                {
                    using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(forged), null, Token);
                    ArchiveManifest manifest = await reader.ReadManifestAsync(Token);
                    Assert.All(manifest.Parts, part => Assert.NotNull(part.Target)); // facts without structure may be anything
                    _ = JsonSerializer.SerializeToUtf8Bytes(manifest, ArchiveJson.Default.ArchiveManifest);
                }
                catch (SafeDb.Errors.SafeDbException failure)
                {
                    Assert.True(failure.Id is "Archive.Damaged" or "Fingerprint.UnknownAlgorithm", failure.Id);
                }
            }
        }
    }

    private static void Walk(System.Text.Json.Nodes.JsonNode root, Action<System.Text.Json.Nodes.JsonNode> visit)
    {
        System.Text.Json.Nodes.JsonNode[] children = root switch
        {
            System.Text.Json.Nodes.JsonObject item => [.. item.Select(member => member.Value).OfType<System.Text.Json.Nodes.JsonNode>()],
            System.Text.Json.Nodes.JsonArray list => [.. list.OfType<System.Text.Json.Nodes.JsonNode>()],
            _ => [],
        };
        foreach (System.Text.Json.Nodes.JsonNode child in children) Walk(child, visit);
        visit(root);
    }

    private static byte[] Compress(byte[] plain)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.Fastest)) brotli.Write(plain);
        return output.ToArray();
    }

    private static byte[] Decompress(byte[] stored)
    {
        using var brotli = new BrotliStream(new MemoryStream(stored), CompressionMode.Decompress);
        using var output = new MemoryStream();
        brotli.CopyTo(output);
        return output.ToArray();
    }

    private static byte[] Edit(byte[] text, string old, string replacement) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Replace(old, replacement, StringComparison.Ordinal));

    private static byte[] Content(List<(string Name, byte[] Content)> entries, string name) => entries.Single(entry => entry.Name == name).Content;

    private static List<(string Name, byte[] Content)> Replace(List<(string Name, byte[] Content)> entries, string name, byte[] content) =>
        [.. entries.Select(entry => entry.Name == name ? (name, content) : entry)];

    private static List<(string Name, byte[] Content)> WithChecksums(List<(string Name, byte[] Content)> entries)
    {
        string list = string.Concat(entries.TakeWhile(entry => entry.Name != "checksums.sha256")
            .Select(entry => $"{Convert.ToHexString(SHA256.HashData(entry.Content)).ToLowerInvariant()}  {entry.Name}\n"));
        return Replace(entries, "checksums.sha256", Encoding.Latin1.GetBytes(list));
    }

    private static async Task<List<(string Name, byte[] Content)>> EntriesAsync(byte[] archive)
    {
        ZipDirectory directory = await ZipDirectory.ReadAsync(new MemoryFile(archive), Token);
        return [.. directory.Entries.Select(entry => (entry.Name, archive[(int)entry.DataOffset..(int)entry.EndOffset]))];
    }

    private static byte[] Build(List<(string Name, byte[] Content)> contents)
    {
        using var output = new MemoryStream();
        var entries = new List<ZipEntry>();
        foreach ((string name, byte[] content) in contents)
        {
            string ascii = Encoding.ASCII.GetString(Encoding.ASCII.GetBytes(name));
            var entry = new ZipEntry(ascii, output.Position, (uint)content.Length, Crc32.Append(0, content));
            output.Write(ZipLayout.LocalHeader(entry, DosTime));
            output.Write(content);
            entries.Add(entry);
        }

        long start = output.Position;
        foreach (ZipEntry entry in entries) output.Write(ZipLayout.CentralHeader(entry, DosTime));
        output.Write(ZipLayout.End(entries.Count, start, output.Position - start));
        return output.ToArray();
    }
}
