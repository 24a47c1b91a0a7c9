using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SafeDb.Archive.Sealing;

/// <summary>
/// The Tink streaming layout AES256_GCM_HKDF_1MB. Header: its length (40) ‖ salt (32) ‖ nonce prefix (7). Segments of 1 MiB of ciphertext and tag, the first shorter by the header.
/// Key of the entry: HKDF-SHA256(data key, salt, associated data). Nonce of segment i: prefix ‖ i as 32-bit big-endian ‖ 1 for the last segment, else 0.
/// </summary>
internal static class SegmentLayout
{
    internal const int SegmentSize = 1 << 20;
    internal const int TagSize = 16;
    internal const int SaltSize = 32;
    internal const int PrefixSize = 7;
    internal const int HeaderSize = 1 + SaltSize + PrefixSize;
    internal const int NonceSize = 12;
    internal const int MinEntrySize = HeaderSize + TagSize;

    internal static AesGcm EntryCipher(DataKey key, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> associatedData)
    {
        Span<byte> entryKey = stackalloc byte[SecretBytes.KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, entryKey, salt, associatedData);
        var cipher = new AesGcm(entryKey, TagSize);
        CryptographicOperations.ZeroMemory(entryKey);
        return cipher;
    }

    internal static void Nonce(Span<byte> nonce, ReadOnlySpan<byte> prefix, uint segment, bool last)
    {
        prefix.CopyTo(nonce);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[PrefixSize..], segment);
        nonce[^1] = last ? (byte)1 : (byte)0;
    }
}
