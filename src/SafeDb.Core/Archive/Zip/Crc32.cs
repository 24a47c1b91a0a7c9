using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SafeDb.Archive.Zip;

/// <summary>CRC-32 as ZIP defines it, eight bytes a step.</summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private static readonly uint[] Tables = MakeTables();

    /// <summary>The CRC of what came before, continued over more bytes. Start with 0.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        ref uint table = ref MemoryMarshal.GetArrayDataReference(Tables);
        uint state = ~crc;
        while (data.Length >= 8)
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ state;
            uint high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            state = Unsafe.Add(ref table, 0x700 + (low & 0xFF)) ^ Unsafe.Add(ref table, 0x600 + ((low >> 8) & 0xFF))
                ^ Unsafe.Add(ref table, 0x500 + ((low >> 16) & 0xFF)) ^ Unsafe.Add(ref table, 0x400 + (low >> 24))
                ^ Unsafe.Add(ref table, 0x300 + (high & 0xFF)) ^ Unsafe.Add(ref table, 0x200 + ((high >> 8) & 0xFF))
                ^ Unsafe.Add(ref table, 0x100 + ((high >> 16) & 0xFF)) ^ Unsafe.Add(ref table, high >> 24);
            data = data[8..];
        }

        foreach (byte value in data) state = (state >> 8) ^ Unsafe.Add(ref table, (state ^ value) & 0xFF);
        return ~state;
    }

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            tables[i] = value;
        }

        for (int i = 256; i < tables.Length; i++) tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xFF];
        return tables;
    }
}
