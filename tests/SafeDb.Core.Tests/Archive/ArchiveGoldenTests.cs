using System.Runtime.CompilerServices;
using SafeDb.Archive;
using SafeDb.Fingerprints;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

/// <summary>Archives written by an earlier build, kept as files: what version 1 means may never change. <c>SAFEDB_UPDATE_GOLDEN=1</c> writes missing ones; existing ones are never rewritten.</summary>
public sealed class ArchiveGoldenTests
{
    private const string Id = "00112233445566778899aabbccddeeff";
    private const string Passphrase = "golden passphrase";

    [Fact]
    public async Task Unencrypted_archive_is_written_byte_for_byte_as_ever()
    {
        using ArchiveSecrets secrets = ArchiveSecrets.Unencrypted();
        byte[] archive = await WriteAsync(Options(secrets, "none") with { ArchiveId = Id, RowFingerprint = RowAlgorithm.Sha256 });
        Assert.Equal(await GoldenAsync("archive-v1-plain.safedb", () => Task.FromResult(archive)), archive);
    }

    [Fact]
    public async Task Encrypted_archive_of_an_earlier_build_still_opens_with_each_key()
    {
        byte[] archive = await GoldenAsync("archive-v1-sealed.safedb", async () =>
        {
            using var secrets = new ArchiveSecrets();
            secrets.AddKey(RawKey);
            secrets.AddPassphrase(Passphrase);
            return await WriteAsync(Options(secrets) with { ArchiveId = Id });
        });
        using ArchiveKeys key = Keys();
        using var passphrase = new ArchiveKeys();
        passphrase.AddPassphrase(Passphrase);
        ArchiveManifest first = await ReadAllAsync(archive, key);
        ArchiveManifest second = await ReadAllAsync(archive, passphrase);
        Assert.Equal(first.Parts, second.Parts);
        Assert.Equal([3L, 1L, 0L], first.Tables.Select(table => table.Fingerprint!.Rows));
        Assert.Equal("shop", first.Source.Database);
    }

    private static async Task<byte[]> GoldenAsync(string name, Func<Task<byte[]>> make, [CallerFilePath] string here = "")
    {
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "golden", "archive", name));
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("SAFEDB_UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, await make(), Token);
        }

        return await File.ReadAllBytesAsync(path, Token);
    }
}
