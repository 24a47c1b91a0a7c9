using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SafeDb.Fingerprints;

/// <summary>A 128-bit hash value.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Hash128(ulong High, ulong Low);

/// <summary>
/// XXH3, 128 bits, with a seed, as its specification defines it. A secret derived from the seed is kept, so that hashing allocates nothing.
/// Inputs up to 240 bytes, the usual row, take a path of their own; longer ones go through <see cref="Xxh3Stripes"/>.
/// </summary>
internal sealed class Xxh3Hasher
{
    internal const uint Prime32A = 0x9E3779B1;
    internal const uint Prime32B = 0x85EBCA77;
    internal const uint Prime32C = 0xC2B2AE3D;
    internal const ulong Prime64A = 0x9E3779B185EBCA87;
    internal const ulong Prime64B = 0xC2B2AE3D27D4EB4F;
    internal const ulong Prime64C = 0x165667B19E3779F9;
    internal const ulong Prime64D = 0x85EBCA77C2B2AE63;
    internal const ulong Prime64E = 0x27D4EB2F165667C5;
    internal const int SecretSize = 192;
    private const ulong PrimeMixA = 0x165667919E3779F9;
    private const ulong PrimeMixB = 0x9FB21C651E98DF25;

    private readonly ulong _seed;
    private readonly byte[] _seededSecret;

    internal Xxh3Hasher(ulong seed)
    {
        _seed = seed;
        _seededSecret = new byte[SecretSize];
        for (int i = 0; i < SecretSize; i += 16)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_seededSecret.AsSpan(i), unchecked(BinaryPrimitives.ReadUInt64LittleEndian(Secret[i..]) + seed));
            BinaryPrimitives.WriteUInt64LittleEndian(_seededSecret.AsSpan(i + 8), unchecked(BinaryPrimitives.ReadUInt64LittleEndian(Secret[(i + 8)..]) - seed));
        }
    }

    /// <summary>The specification's default secret.</summary>
    internal static ReadOnlySpan<byte> Secret =>
    [
        0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
        0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
        0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
        0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
        0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
        0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
        0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc,
        0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
    ];

    internal Hash128 Hash(ReadOnlySpan<byte> data)
    {
        ref byte input = ref MemoryMarshal.GetReference(data);
        uint length = (uint)data.Length;
        return length switch
        {
            <= 16 => HashUpTo16(ref input, length),
            <= 128 => HashUpTo128(ref input, length),
            <= 240 => HashUpTo240(ref input, length),
            _ => HashLong(data),
        };
    }

    /// <summary>The hash of a long input with the stripes summed by the given code, so that a test can compare the vector code with the portable one.</summary>
    internal Hash128 HashLong(ReadOnlySpan<byte> data, bool portable = false)
    {
        Span<ulong> lanes = stackalloc ulong[Xxh3Stripes.Lanes];
        Xxh3Stripes.Accumulate(lanes, data, _seededSecret, portable);
        ulong length = (ulong)data.Length;
        return unchecked(new Hash128(
            Xxh3Stripes.Merge(lanes, _seededSecret.AsSpan(SecretSize - 64 - 11), ~(length * Prime64B)),
            Xxh3Stripes.Merge(lanes, _seededSecret.AsSpan(11), length * Prime64A)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Read64(ref byte at, nuint offset)
    {
        ulong value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref at, offset));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong MultiplyFold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return low ^ high;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Avalanche(ulong hash)
    {
        hash ^= hash >> 37;
        hash = unchecked(hash * PrimeMixA);
        return hash ^ (hash >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ref byte at, nuint offset)
    {
        uint value = Unsafe.ReadUnaligned<uint>(ref Unsafe.AddByteOffset(ref at, offset));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    private static ulong Avalanche64(ulong hash)
    {
        hash ^= hash >> 33;
        hash = unchecked(hash * Prime64B);
        hash ^= hash >> 29;
        hash = unchecked(hash * Prime64C);
        return hash ^ (hash >> 32);
    }

    private Hash128 HashUpTo16(ref byte input, uint length)
    {
        ref byte secret = ref MemoryMarshal.GetReference(Secret);
        if (length > 8) return HashUpTo16From9(ref input, length, ref secret);
        if (length >= 4) return HashUpTo8From4(ref input, length, ref secret);
        if (length > 0) return HashUpTo3(ref input, length, ref secret);
        return new Hash128(
            Avalanche64(_seed ^ Read64(ref secret, 80) ^ Read64(ref secret, 88)), Avalanche64(_seed ^ Read64(ref secret, 64) ^ Read64(ref secret, 72)));
    }

    private Hash128 HashUpTo3(ref byte input, uint length, ref byte secret)
    {
        uint first = input;
        uint middle = Unsafe.AddByteOffset(ref input, length >> 1);
        uint last = Unsafe.AddByteOffset(ref input, length - 1);
        uint low = (first << 16) | (middle << 24) | last | (length << 8);
        uint high = uint.RotateLeft(BinaryPrimitives.ReverseEndianness(low), 13);
        ulong flipLow = unchecked((Read32(ref secret, 0) ^ Read32(ref secret, 4)) + _seed);
        ulong flipHigh = unchecked((Read32(ref secret, 8) ^ Read32(ref secret, 12)) - _seed);
        return new Hash128(Avalanche64(high ^ flipHigh), Avalanche64(low ^ flipLow));
    }

    private Hash128 HashUpTo8From4(ref byte input, uint length, ref byte secret)
    {
        unchecked
        {
            ulong seed = _seed ^ ((ulong)BinaryPrimitives.ReverseEndianness((uint)_seed) << 32);
            ulong data = Read32(ref input, 0) + ((ulong)Read32(ref input, length - 4) << 32);
            ulong keyed = data ^ ((Read64(ref secret, 16) ^ Read64(ref secret, 24)) + seed);
            ulong high = Math.BigMul(keyed, Prime64A + (length << 2), out ulong low);
            high += low << 1;
            low ^= high >> 3;
            low ^= low >> 35;
            low *= PrimeMixB;
            low ^= low >> 28;
            return new Hash128(Avalanche(high), low);
        }
    }

    private Hash128 HashUpTo16From9(ref byte input, uint length, ref byte secret)
    {
        unchecked
        {
            ulong flipLow = (Read64(ref secret, 32) ^ Read64(ref secret, 40)) - _seed;
            ulong flipHigh = (Read64(ref secret, 48) ^ Read64(ref secret, 56)) + _seed;
            ulong start = Read64(ref input, 0);
            ulong end = Read64(ref input, length - 8);
            ulong high = Math.BigMul(start ^ end ^ flipLow, Prime64A, out ulong low);
            low += (ulong)(length - 1) << 54;
            end ^= flipHigh;
            high += end + ((ulong)(uint)end * (Prime32B - 1));
            low ^= BinaryPrimitives.ReverseEndianness(high);
            ulong resultHigh = Math.BigMul(low, Prime64B, out ulong resultLow) + (high * Prime64B);
            return new Hash128(Avalanche(resultHigh), Avalanche(resultLow));
        }
    }

    private Hash128 HashUpTo128(ref byte input, uint length)
    {
        ref byte secret = ref MemoryMarshal.GetReference(Secret);
        ulong low = unchecked(length * Prime64A);
        ulong high = 0;
        if (length > 32)
        {
            if (length > 64)
            {
                if (length > 96) Mix32(ref low, ref high, ref input, 48, length - 64, ref secret, 96, _seed);
                Mix32(ref low, ref high, ref input, 32, length - 48, ref secret, 64, _seed);
            }

            Mix32(ref low, ref high, ref input, 16, length - 32, ref secret, 32, _seed);
        }

        Mix32(ref low, ref high, ref input, 0, length - 16, ref secret, 0, _seed);
        return Finish(low, high, length);
    }

    private Hash128 HashUpTo240(ref byte input, uint length)
    {
        ref byte secret = ref MemoryMarshal.GetReference(Secret);
        ulong low = unchecked(length * Prime64A);
        ulong high = 0;
        for (nuint i = 0; i < 128; i += 32) Mix32(ref low, ref high, ref input, i, i + 16, ref secret, i, _seed);
        low = Avalanche(low);
        high = Avalanche(high);
        for (nuint i = 128; i + 32 <= length; i += 32) Mix32(ref low, ref high, ref input, i, i + 16, ref secret, i - 125, _seed);
        Mix32(ref low, ref high, ref input, length - 16, length - 32, ref secret, 103, unchecked(0 - _seed));
        return Finish(low, high, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix32(ref ulong low, ref ulong high, ref byte input, nuint first, nuint second, ref byte secret, nuint at, ulong seed)
    {
        unchecked
        {
            ulong a = Read64(ref input, first);
            ulong b = Read64(ref input, first + 8);
            ulong c = Read64(ref input, second);
            ulong d = Read64(ref input, second + 8);
            low = (low + MultiplyFold(a ^ (Read64(ref secret, at) + seed), b ^ (Read64(ref secret, at + 8) - seed))) ^ (c + d);
            high = (high + MultiplyFold(c ^ (Read64(ref secret, at + 16) + seed), d ^ (Read64(ref secret, at + 24) - seed))) ^ (a + b);
        }
    }

    private Hash128 Finish(ulong low, ulong high, uint length)
    {
        unchecked
        {
            ulong resultHigh = (low * Prime64A) + (high * Prime64D) + ((length - _seed) * Prime64B);
            return new Hash128(0 - Avalanche(resultHigh), Avalanche(low + high));
        }
    }
}
