using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Observation;
using Xunit;
using static SafeDb.Core.Tests.Archive.ArchiveKit;

namespace SafeDb.Core.Tests.Archive;

public sealed class ArchiveDamageTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_changed_byte_is_found_without_a_key(bool encrypted)
    {
        byte[] archive = await ShopAsync(encrypted);
        var ids = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < archive.Length; i++)
        {
            byte[] changed = [.. archive];
            changed[i] ^= (byte)(1 << (i % 8));
            ids.Add(await VerifyFailsAsync(changed, $"bit flipped at {i}"));
            changed[i] = (byte)(archive[i] + 1);
            ids.Add(await VerifyFailsAsync(changed, $"one added at {i}"));
        }

        Assert.Contains("Archive.ChecksumMismatch", ids);
        Assert.Contains("Archive.Damaged", ids);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_truncation_and_every_addition_is_found(bool encrypted)
    {
        byte[] archive = await ShopAsync(encrypted);
        for (int length = 0; length < archive.Length; length++) await VerifyFailsAsync(archive[..length], $"cut at {length}");
        await VerifyFailsAsync([.. archive, 0], "a byte appended");
        await VerifyFailsAsync([0, .. archive], "a byte prepended");
        await VerifyFailsAsync([.. archive, .. archive], "appended to itself");
        for (int i = 0; i < archive.Length; i += 13)
        {
            await VerifyFailsAsync([.. archive[..i], .. archive[(i + 1)..]], $"byte {i} removed");
            await VerifyFailsAsync([.. archive[..i], 0, .. archive[i..]], $"byte inserted at {i}");
        }
    }

    private static async Task<string> VerifyFailsAsync(byte[] archive, string what)
    {
        try
        {
            using ArchiveReader reader = await ArchiveReader.OpenAsync(new MemoryFile(archive), null, Token);
            await reader.VerifyChecksumsAsync(SilentObserver.Instance, Token);
        }
        catch (SafeDbException failure)
        {
            Assert.StartsWith("Archive.", failure.Id, StringComparison.Ordinal);
            return failure.Id;
        }
        catch (Exception failure)
        {
            Assert.Fail($"{what}: {failure}");
        }

        Assert.Fail($"{what}: the archive was accepted");
        return string.Empty;
    }
}
