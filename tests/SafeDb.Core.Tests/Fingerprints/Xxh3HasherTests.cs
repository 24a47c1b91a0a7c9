using System.Security.Cryptography;
using SafeDb.Fingerprints;
using Xunit;

namespace SafeDb.Core.Tests.Fingerprints;

public sealed class Xxh3HasherTests
{
    private const ulong Seed32 = 2654435761;
    private const ulong Seed64 = 11400714785074694797;

    /// <summary>The vectors that the authors of xxHash publish for its 128-bit form: length, seed, low half, high half.</summary>
    [Theory]
    [InlineData(0, 0, 0x6001C324468D497F, 0x99AA06D3014798D8)]
    [InlineData(0, Seed32, 0x5444F7869C671AB0, 0x92220AE55E14AB50)]
    [InlineData(1, 0, 0xC44BDFF4074EECDB, 0xA6CD5E9392000F6A)]
    [InlineData(1, Seed32, 0xB53D5557E7F76F8D, 0x89B99554BA22467C)]
    [InlineData(6, 0, 0x3E7039BDDA43CFC6, 0x082AFE0B8162D12A)]
    [InlineData(6, Seed32, 0x269D8F70BE98856E, 0x5A865B5389ABD2B1)]
    [InlineData(12, 0, 0x061A192713F69AD9, 0x6E3EFD8FC7802B18)]
    [InlineData(12, Seed32, 0x9BE9F9A67F3C7DFB, 0xD7E09D518A3405D3)]
    [InlineData(24, 0, 0x1E7044D28B1B901D, 0x0CE966E4678D3761)]
    [InlineData(24, Seed32, 0xD7304C54EBAD40A9, 0x3162026714A6A243)]
    [InlineData(48, 0, 0xF942219AED80F67B, 0xA002AC4E5478227E)]
    [InlineData(48, Seed32, 0x7BA3C3E453A1934E, 0x163ADDE36C072295)]
    [InlineData(81, 0, 0x5E8BAFB9F95FB803, 0x4952F58181AB0042)]
    [InlineData(81, Seed32, 0x703FBB3D7A5F755C, 0x2724EC7ADC750FB6)]
    [InlineData(222, 0, 0xF1AEBD597CEC6B3A, 0x337E09641B948717)]
    [InlineData(222, Seed32, 0xAE995BB8AF917A8D, 0x91820016621E97F1)]
    [InlineData(403, 0, 0xCDEB804D65C6DEA4, 0x1B6DE21E332DD73D)]
    [InlineData(403, Seed64, 0x6259F6ECFD6443FD, 0xBED311971E0BE8F2)]
    [InlineData(512, 0, 0x617E49599013CB6B, 0x18D2D110DCC9BCA1)]
    [InlineData(512, Seed64, 0x3CE457DE14C27708, 0x925D06B8EC5B8040)]
    [InlineData(2048, 0, 0xDD59E2C3A5F038E0, 0xF736557FD47073A5)]
    [InlineData(2048, Seed32, 0x230D43F30206260B, 0x7FB03F7E7186C3EA)]
    [InlineData(2240, 0, 0x6E73A90539CF2948, 0xCCB134FBFA7CE49D)]
    [InlineData(2240, Seed32, 0xED385111126FBA6F, 0x50A1FE17B338995F)]
    [InlineData(2367, 0, 0xCB37AEB9E5D361ED, 0xE89C0F6FF369B427)]
    [InlineData(2367, Seed32, 0x6F5360AE69C2F406, 0xD23AAE4B76C31ECB)]
    public void Hash_of_the_published_input_is_the_published_vector(int length, ulong seed, ulong low, ulong high) =>
        Assert.Equal(new Hash128(high, low), new Xxh3Hasher(seed).Hash(PublishedInput(length)));

    /// <summary>Every length from 0 to 4,200, folded into one value; the expected values were computed with the authors' C implementation (0.8.3).</summary>
    [Theory]
    [InlineData(0x0000000000000000UL, 0x225c6e60166e51efUL, 0x4437ac08016f8de9UL)]
    [InlineData(0x9e3779b185ebca8dUL, 0x6e9fa5a10d60b6bdUL, 0xa64c423c2ec3bdabUL)]
    [InlineData(0xfedcba9876543210UL, 0x8af79c931457d162UL, 0x42363d7ab427e6b5UL)]
    [InlineData(0x0000000000000001UL, 0x8586239e90c5ff72UL, 0x8f0708ec5dbffc58UL)]
    public void Hashes_of_every_length_agree_with_the_reference_implementation(ulong seed, ulong high, ulong low)
    {
        byte[] input = PublishedInput(4200);
        var hasher = new Xxh3Hasher(seed);
        ulong foldedHigh = 0;
        ulong foldedLow = 0;
        for (int length = 0; length <= input.Length; length++)
        {
            Hash128 hash = hasher.Hash(input.AsSpan(0, length));
            foldedHigh = unchecked((foldedHigh * 3) + hash.High);
            foldedLow = unchecked((foldedLow * 3) + hash.Low);
        }

        Assert.Equal((high, low), (foldedHigh, foldedLow));
    }

    [Fact]
    public void Portable_code_and_vector_code_agree_for_every_length()
    {
        byte[] data = RandomNumberGenerator.GetBytes(5000);
        var hasher = new Xxh3Hasher(0x1122334455667788);
        for (int length = 241; length <= data.Length; length++)
        {
            ReadOnlySpan<byte> input = data.AsSpan(data.Length - length);
            Assert.Equal(hasher.HashLong(input, portable: true), hasher.HashLong(input));
        }
    }

    private static byte[] PublishedInput(int length)
    {
        byte[] bytes = new byte[length];
        ulong generator = Seed32;
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(generator >> 56);
            generator = unchecked(generator * Seed64);
        }

        return bytes;
    }
}
