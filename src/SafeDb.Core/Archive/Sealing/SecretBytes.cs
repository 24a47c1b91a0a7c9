using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace SafeDb.Archive.Sealing;

/// <summary>Turns secrets as users hold them into bytes that can be zeroed, without leaving copies behind.</summary>
internal static class SecretBytes
{
    internal const int KeySize = 32;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static byte[] OfPassphrase(ReadOnlySpan<char> passphrase)
    {
        if (passphrase.IsEmpty) throw ArchiveErrors.KeyInvalid.Exception("the passphrase is empty");
        try
        {
            byte[] bytes = GC.AllocateUninitializedArray<byte>(Strict.GetByteCount(passphrase), pinned: true);
            Strict.GetBytes(passphrase, bytes);
            return bytes;
        }
        catch (EncoderFallbackException)
        {
            // Not kept as the cause: its message would show characters of the passphrase.
            throw ArchiveErrors.KeyInvalid.Exception("the passphrase is not valid Unicode text");
        }
    }

    internal static byte[] OfPassphrase(SecureString passphrase) => WithCharacters(passphrase, OfPassphrase);

    internal static byte[] OfKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeySize) throw ArchiveErrors.KeyInvalid.Exception($"it has {key.Length} bytes instead of {KeySize}");
        byte[] copy = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);
        key.CopyTo(copy);
        return copy;
    }

    /// <summary>Reads a key written as 64 hex digits or as Base64.</summary>
    internal static byte[] OfKeyText(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        byte[] key = GC.AllocateUninitializedArray<byte>(KeySize, pinned: true);
        if (text.Length == KeySize * 2 && TryHex(text, key)) return key;
        if (Convert.TryFromBase64Chars(text, key, out int written) && written == KeySize) return key;
        CryptographicOperations.ZeroMemory(key);
        throw ArchiveErrors.KeyInvalid.Exception("it is neither 64 hexadecimal digits nor the Base64 of 32 bytes");
    }

    internal static byte[] OfKeyText(SecureString text) => WithCharacters(text, OfKeyText);

    private delegate byte[] CharacterReader(ReadOnlySpan<char> characters);

    private static byte[] WithCharacters(SecureString secret, CharacterReader read)
    {
        IntPtr pointer = Marshal.SecureStringToGlobalAllocUnicode(secret);
        char[] characters = GC.AllocateUninitializedArray<char>(secret.Length, pinned: true);
        try
        {
            Marshal.Copy(pointer, characters, 0, characters.Length);
            return read(characters);
        }
        finally
        {
            Array.Clear(characters);
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }

    private static bool TryHex(ReadOnlySpan<char> text, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            int high = HexValue(text[i * 2]);
            int low = HexValue(text[(i * 2) + 1]);
            if (high < 0 || low < 0) return false;
            destination[i] = (byte)((high << 4) | low);
        }

        return true;
    }

    private static int HexValue(char digit) => digit switch
    {
        >= '0' and <= '9' => digit - '0',
        >= 'a' and <= 'f' => digit - 'a' + 10,
        >= 'A' and <= 'F' => digit - 'A' + 10,
        _ => -1,
    };
}
