using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace SafeDb.Fingerprints;

/// <summary>The part of XXH3 that takes inputs over 240 bytes: eight lanes fed with stripes of 64 bytes, scrambled after every 16 stripes.</summary>
internal static class Xxh3Stripes
{
    internal const int Lanes = 8;
    private const int StripeSize = 64;
    private const int StripesPerBlock = (Xxh3Hasher.SecretSize - StripeSize) / 8;
    private const int BlockSize = StripeSize * StripesPerBlock;
    private const int ScrambleSecret = Xxh3Hasher.SecretSize - StripeSize;

    internal static void Accumulate(Span<ulong> lanes, ReadOnlySpan<byte> data, ReadOnlySpan<byte> secret, bool portable)
    {
        ReadOnlySpan<ulong> start =
        [
            Xxh3Hasher.Prime32C, Xxh3Hasher.Prime64A, Xxh3Hasher.Prime64B, Xxh3Hasher.Prime64C,
            Xxh3Hasher.Prime64D, Xxh3Hasher.Prime32B, Xxh3Hasher.Prime64E, Xxh3Hasher.Prime32A,
        ];
        start.CopyTo(lanes);
        ref byte input = ref MemoryMarshal.GetReference(data);
        ref byte key = ref MemoryMarshal.GetReference(secret);
        ref ulong lane = ref MemoryMarshal.GetReference(lanes);
        nuint length = (nuint)data.Length;
        nuint blocks = (length - 1) / BlockSize;
        for (nuint block = 0; block < blocks; block++)
        {
            AddStripes(ref lane, ref Unsafe.AddByteOffset(ref input, block * BlockSize), ref key, StripesPerBlock, portable);
            Scramble(ref lane, ref Unsafe.AddByteOffset(ref key, (nuint)ScrambleSecret));
        }

        nuint done = blocks * BlockSize;
        AddStripes(ref lane, ref Unsafe.AddByteOffset(ref input, done), ref key, (length - 1 - done) / StripeSize, portable);
        AddStripes(ref lane, ref Unsafe.AddByteOffset(ref input, length - StripeSize), ref Unsafe.AddByteOffset(ref key, (nuint)ScrambleSecret - 7), 1, portable);
    }

    internal static ulong Merge(ReadOnlySpan<ulong> lanes, ReadOnlySpan<byte> secret, ulong start)
    {
        ref byte key = ref MemoryMarshal.GetReference(secret);
        ulong result = start;
        for (int i = 0; i < Lanes; i += 2)
        {
            nuint at = (nuint)i * 8;
            result = unchecked(result + Xxh3Hasher.MultiplyFold(lanes[i] ^ Xxh3Hasher.Read64(ref key, at), lanes[i + 1] ^ Xxh3Hasher.Read64(ref key, at + 8)));
        }

        return Xxh3Hasher.Avalanche(result);
    }

    private static void AddStripes(ref ulong lane, ref byte input, ref byte key, nuint stripes, bool portable)
    {
        if (!portable && Avx2.IsSupported)
        {
            AddStripes256(ref lane, ref input, ref key, stripes);
        }
        else if (!portable && BitConverter.IsLittleEndian && (Sse2.IsSupported || AdvSimd.IsSupported))
        {
            AddStripes128(ref lane, ref input, ref key, stripes);
        }
        else
        {
            AddStripesPortable(ref lane, ref input, ref key, stripes);
        }
    }

    private static void AddStripesPortable(ref ulong lane, ref byte input, ref byte key, nuint stripes)
    {
        for (nuint stripe = 0; stripe < stripes; stripe++)
        {
            for (int i = 0; i < Lanes; i++)
            {
                nuint at = (nuint)i * 8;
                ulong value = Xxh3Hasher.Read64(ref input, (stripe * StripeSize) + at);
                ulong keyed = value ^ Xxh3Hasher.Read64(ref key, (stripe * 8) + at);
                unchecked
                {
                    Unsafe.Add(ref lane, i ^ 1) += value;
                    Unsafe.Add(ref lane, i) += (ulong)(uint)keyed * (keyed >> 32);
                }
            }
        }
    }

    private static void AddStripes256(ref ulong lane, ref byte input, ref byte key, nuint stripes)
    {
        Vector256<ulong> first = Vector256.LoadUnsafe(ref lane);
        Vector256<ulong> second = Vector256.LoadUnsafe(ref lane, 4);
        for (nuint stripe = 0; stripe < stripes; stripe++)
        {
            first = Add256(first, ref input, ref key, stripe, 0);
            second = Add256(second, ref input, ref key, stripe, 32);
        }

        first.StoreUnsafe(ref lane);
        second.StoreUnsafe(ref lane, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Add256(Vector256<ulong> lanes, ref byte input, ref byte key, nuint stripe, nuint at)
    {
        Vector256<ulong> value = Vector256.LoadUnsafe(ref input, (stripe * StripeSize) + at).AsUInt64();
        Vector256<ulong> keyed = value ^ Vector256.LoadUnsafe(ref key, (stripe * 8) + at).AsUInt64();
        Vector256<ulong> product = Avx2.Multiply(keyed.AsUInt32(), Vector256.ShiftRightLogical(keyed, 32).AsUInt32());
        Vector256<ulong> swapped = Avx2.Shuffle(value.AsUInt32(), 0b01_00_11_10).AsUInt64();
        return lanes + product + swapped;
    }

    private static void AddStripes128(ref ulong lane, ref byte input, ref byte key, nuint stripes)
    {
        for (nuint pair = 0; pair < Lanes; pair += 2)
        {
            Vector128<ulong> lanes = Vector128.LoadUnsafe(ref lane, pair);
            for (nuint stripe = 0; stripe < stripes; stripe++)
            {
                Vector128<ulong> value = Vector128.LoadUnsafe(ref input, (stripe * StripeSize) + (pair * 8)).AsUInt64();
                Vector128<ulong> keyed = value ^ Vector128.LoadUnsafe(ref key, (stripe * 8) + (pair * 8)).AsUInt64();
                lanes += MultiplyHalves(keyed) + Vector128.Shuffle(value, Vector128.Create(1UL, 0UL));
            }

            lanes.StoreUnsafe(ref lane, pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> MultiplyHalves(Vector128<ulong> keyed)
    {
        if (Sse2.IsSupported) return Sse2.Multiply(keyed.AsUInt32(), Vector128.ShiftRightLogical(keyed, 32).AsUInt32());
        return AdvSimd.MultiplyWideningLower(AdvSimd.ExtractNarrowingLower(keyed), AdvSimd.ExtractNarrowingLower(Vector128.ShiftRightLogical(keyed, 32)));
    }

    private static void Scramble(ref ulong lane, ref byte key)
    {
        for (int i = 0; i < Lanes; i++)
        {
            ulong value = Unsafe.Add(ref lane, i);
            value = (value ^ (value >> 47)) ^ Xxh3Hasher.Read64(ref key, (nuint)i * 8);
            Unsafe.Add(ref lane, i) = unchecked(value * Xxh3Hasher.Prime32A);
        }
    }
}
