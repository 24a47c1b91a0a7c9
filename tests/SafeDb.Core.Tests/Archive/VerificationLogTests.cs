using System.Text;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Stores;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class VerificationLogTests : IDisposable
{
    private const string Name = "shop.safedb";
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-log").FullName;
    private readonly FolderStore _store;

    public VerificationLogTests() => _store = new FolderStore(_folder);

    private string Sidecar => Path.Combine(_folder, Name + ".verified.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Records_are_appended_and_told_genuine_with_the_key()
    {
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ReaderAsync(await ShopAsync(), keys);
        Assert.Empty(await VerificationLog.ReadAsync(_store, Name, reader, Token));
        for (int i = 1; i <= 3; i++) await VerificationLog.AppendAsync(_store, Name, reader, Record(i), Token);
        IReadOnlyList<VerificationEntry> entries = await VerificationLog.ReadAsync(_store, Name, reader, Token);
        Assert.Equal([1L, 2L, 3L], entries.Select(entry => entry.Record.Rows));
        Assert.All(entries, entry => Assert.Equal(VerificationState.Valid, entry.State));
        Assert.All(await VerificationLog.ReadAsync(_store, Name, null, Token), entry => Assert.Equal(VerificationState.Unchecked, entry.State));
    }

    [Fact]
    public async Task What_was_left_out_is_sealed_with_the_record_and_older_records_without_it_stay_whole()
    {
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ReaderAsync(await ShopAsync(), keys);
        await VerificationLog.AppendAsync(_store, Name, reader, Record(1), Token);
        string older = await File.ReadAllTextAsync(Sidecar, Token);
        Assert.DoesNotContain("leftOut", older, StringComparison.Ordinal);
        Assert.DoesNotContain("isWhole", older, StringComparison.Ordinal);
        await VerificationLog.AppendAsync(_store, Name, reader, Record(2) with { LeftOut = ["policy p: no role"], NotCompared = ["owners"] }, Token);
        IReadOnlyList<VerificationEntry> entries = await VerificationLog.ReadAsync(_store, Name, reader, Token);
        Assert.Equal([(VerificationState.Valid, true), (VerificationState.Valid, false)], entries.Select(entry => (entry.State, entry.Record.IsWhole)));
        Assert.Equal(["policy p: no role"], entries[1].Record.LeftOut!);

        string text = await File.ReadAllTextAsync(Sidecar, Token);
        await File.WriteAllTextAsync(Sidecar, text.Replace("\"leftOut\":[\"policy p: no role\"],", string.Empty, StringComparison.Ordinal), Token);
        Assert.Equal([VerificationState.Valid, VerificationState.Forged], await StatesAsync(reader));
    }

    [Fact]
    public async Task Forged_altered_and_removed_records_are_seen()
    {
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ReaderAsync(await ShopAsync(), keys);
        for (int i = 1; i <= 3; i++) await VerificationLog.AppendAsync(_store, Name, reader, Record(i), Token);
        string text = await File.ReadAllTextAsync(Sidecar, Token);
        await File.WriteAllTextAsync(Sidecar, text.Replace("\"rows\":2", "\"rows\":9", StringComparison.Ordinal), Token);
        Assert.Equal([VerificationState.Valid, VerificationState.Forged, VerificationState.Valid], await StatesAsync(reader));
        string[] lines = text.Split('\n');
        await File.WriteAllTextAsync(Sidecar, string.Join('\n', [lines[0], lines[1], lines[3], lines[4]]), Token);
        Assert.Equal([VerificationState.Valid, VerificationState.OutOfPlace], await StatesAsync(reader));
        await File.WriteAllTextAsync(Sidecar, text, Token);
        using ArchiveReader other = await ReaderAsync(await ShopAsync(), keys);
        Assert.Equal([VerificationState.Forged, VerificationState.Forged, VerificationState.Forged], await StatesAsync(other));
        using ArchiveReader plain = await ReaderAsync(await ShopAsync(encrypted: false), null);
        Assert.Equal([VerificationState.Forged, VerificationState.Forged, VerificationState.Forged], await StatesAsync(plain));
    }

    [Fact]
    public async Task Every_changed_byte_of_the_record_is_seen_or_says_the_same()
    {
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ReaderAsync(await ShopAsync(), keys);
        await VerificationLog.AppendAsync(_store, Name, reader, Record(7), Token);
        byte[] content = await File.ReadAllBytesAsync(Sidecar, Token);
        VerificationEntry genuine = Assert.Single(await VerificationLog.ReadAsync(_store, Name, reader, Token));
        for (int i = 0; i < content.Length; i++)
        {
            byte[] changed = [.. content];
            changed[i] ^= 2;
            await File.WriteAllBytesAsync(Sidecar, changed, Token);
            try
            {
                IReadOnlyList<VerificationEntry> entries = await VerificationLog.ReadAsync(_store, Name, reader, Token);
                foreach (VerificationEntry entry in entries.Where(entry => entry.State == VerificationState.Valid)) Assert.Equal(genuine.Mac, entry.Mac);
            }
            catch (SafeDbException failure)
            {
                Assert.Equal("Archive.EvidenceDamaged", failure.Id);
            }
        }
    }

    [Fact]
    public async Task Beside_an_unencrypted_archive_nothing_is_called_valid()
    {
        using ArchiveReader reader = await ReaderAsync(await ShopAsync(encrypted: false), null);
        await VerificationLog.AppendAsync(_store, Name, reader, Record(1), Token);
        Assert.Equal([VerificationState.Unkeyed], await StatesAsync(reader));
    }

    [Fact]
    public async Task Nothing_is_lost_when_several_append_at_once()
    {
        using ArchiveKeys keys = Keys();
        using ArchiveReader reader = await ReaderAsync(await ShopAsync(), keys);
        await Task.WhenAll(Enumerable.Range(1, 12).Select(i => Task.Run(() => VerificationLog.AppendAsync(_store, Name, reader, Record(i), Token))));
        IReadOnlyList<VerificationEntry> entries = await VerificationLog.ReadAsync(_store, Name, reader, Token);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (long)i), entries.Select(entry => entry.Record.Rows).Order());
        Assert.All(entries, entry => Assert.Equal(VerificationState.Valid, entry.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"records\":[1]}")]
    [InlineData("{\"records\":[{\"record\":{},\"mac\":\"0\"}]}")]
    [InlineData("{\"records\":[{\"record\":null,\"mac\":\"0000000000000000000000000000000000000000000000000000000000000000\"}]}")]
    [InlineData("{\"records\":[{\"record\":{\"level\":null},\"mac\":\"0000000000000000000000000000000000000000000000000000000000000000\"}]}")]
    public async Task Damaged_record_is_refused(string content)
    {
        await File.WriteAllBytesAsync(Sidecar, Encoding.UTF8.GetBytes(content), Token);
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(() => VerificationLog.ReadAsync(_store, Name, null, Token));
        Assert.Equal("Archive.EvidenceDamaged", failure.Id);
    }

    private static VerificationRecord Record(long rows) => new()
    {
        VerifiedAt = Created, Level = "Restore", Passed = true, ToolVersion = "0.1.0", Rows = rows, Duration = TimeSpan.FromSeconds(3), Problems = ["none: \"+<>&å"],
    };

    private static async Task<ArchiveReader> ReaderAsync(byte[] archive, ArchiveKeys? keys)
    {
        ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), keys, Token);
        await reader.ReadManifestAsync(Token);
        return reader;
    }

    private async Task<VerificationState[]> StatesAsync(ArchiveReader reader) =>
        [.. (await VerificationLog.ReadAsync(_store, Name, reader, Token)).Select(entry => entry.State)];
}
