using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SafeDb.Archive;
using SafeDb.Errors;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class ArchiveRewrapperTests
{
    [Fact]
    public async Task New_recipient_opens_the_copy_and_the_old_one_does_not()
    {
        byte[] archive = await ShopAsync();
        using RSA rsa = RSA.Create(2048);
        using X509Certificate2 certificate = ArchiveKeysTests.Certificate(rsa);
        using var recipients = new ArchiveSecrets();
        recipients.AddCertificate(certificate);
        using ArchiveKeys old = Keys();
        using var fresh = new ArchiveKeys();
        fresh.AddCertificate(certificate);
        using var copy = new MemoryStream();
        await ArchiveRewrapper.CopyAsync(new MemoryFile(archive), old, recipients, new ForwardOnlyStream(copy), Token);
        ArchiveManifest before = await ReadAllAsync(archive, old);
        ArchiveManifest after = await ReadAllAsync(copy.ToArray(), fresh);
        Assert.Equal(before.Parts, after.Parts);
        Assert.Equal(before.ArchiveId, after.ArchiveId);
        Assert.Equal("Archive.WrongKey", await ReadingFailsAsync(copy.ToArray(), old, "old key"));
        Assert.Equal(await ContentIdAsync(archive, old), await ContentIdAsync(copy.ToArray(), fresh));
    }

    [Fact]
    public async Task Damaged_source_gives_no_readable_copy()
    {
        byte[] archive = await ShopAsync();
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), null, Token);
        archive[reader.Directory.ByName["parts/000002"].DataOffset + 60] ^= 1;
        using ArchiveKeys keys = Keys();
        using ArchiveSecrets recipients = Secrets();
        using var copy = new MemoryStream();
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(() => ArchiveRewrapper.CopyAsync(new MemoryFile(archive), keys, recipients, copy, Token));
        Assert.Equal("Archive.ChecksumMismatch", failure.Id);
        await ReadingFailsAsync(copy.ToArray(), keys, "copy of a damaged archive");
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Encryption_is_neither_added_nor_removed(bool from, bool to)
    {
        byte[] archive = await ShopAsync(from);
        using ArchiveKeys keys = from ? Keys() : new ArchiveKeys();
        using ArchiveSecrets recipients = Secrets(to);
        using var copy = new MemoryStream();
        SafeDbException failure = await Assert.ThrowsAsync<SafeDbException>(() => ArchiveRewrapper.CopyAsync(new MemoryFile(archive), keys, recipients, copy, Token));
        Assert.Equal("Archive.RewrapNeedsEncryption", failure.Id);
        Assert.Equal(0, copy.Length);
    }

    private static async Task<string> ContentIdAsync(byte[] archive, ArchiveKeys keys)
    {
        using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), keys, Token);
        await reader.ReadManifestAsync(Token);
        return reader.ContentId;
    }
}
