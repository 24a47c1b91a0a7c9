using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SafeDb.Archive.Sealing;

/// <summary>Reads certificates and private keys from PEM, DER and PFX files.</summary>
internal static class CertificateFile
{
    private const long MaxBytes = 1 << 20;

    /// <summary>The first certificate in a PEM file, or the one in a DER file.</summary>
    internal static X509Certificate2 ReadCertificate(string path)
    {
        byte[] content = Read(path);
        try
        {
            string text = Encoding.Latin1.GetString(content);
            return text.Contains("-----BEGIN", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(text) : new X509Certificate2(content);
        }
        catch (CryptographicException failure)
        {
            throw ArchiveErrors.CertificateInvalid.Caused(failure, path, "the file holds no certificate in PEM or DER form");
        }
    }

    internal static RSA ReadPrivateKey(string path, ReadOnlySpan<char> password)
    {
        byte[] content = Read(path);
        try
        {
            return content.AsSpan().IndexOf("-----BEGIN"u8) >= 0 ? FromPem(content, password) : FromPfx(path, content, password);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // ArgumentException is what the PEM importer throws when the text holds no key of its kind.
            throw ArchiveErrors.CertificateInvalid.Caused(failure, path, "no RSA private key can be read from it, or its password is wrong");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
        }
    }

    private static RSA FromPem(byte[] content, ReadOnlySpan<char> password)
    {
        char[] text = Encoding.Latin1.GetChars(content);
        RSA rsa = RSA.Create();
        try
        {
            ReadOnlySpan<char> key = PrivateKeyBlock(text);
            if (key.IndexOf("ENCRYPTED") >= 0)
            {
                rsa.ImportFromEncryptedPem(key, password);
            }
            else
            {
                rsa.ImportFromPem(key);
            }

            return rsa;
        }
        catch
        {
            rsa.Dispose();
            throw;
        }
        finally
        {
            Array.Clear(text);
        }
    }

    /// <summary>The first block that holds a private key; the importer itself refuses a text with certificates around it.</summary>
    private static ReadOnlySpan<char> PrivateKeyBlock(ReadOnlySpan<char> text)
    {
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label].EndsWith("PRIVATE KEY", StringComparison.Ordinal)) return text[fields.Location];
            text = text[fields.Location.End.GetOffset(text.Length)..];
        }

        throw new CryptographicException("There is no private key in the file.");
    }

    private static RSA FromPfx(string path, byte[] content, ReadOnlySpan<char> password)
    {
        // macOS cannot keep imported keys in memory only.
        X509KeyStorageFlags storage = OperatingSystem.IsMacOS() ? X509KeyStorageFlags.DefaultKeySet : X509KeyStorageFlags.EphemeralKeySet;
        using var certificate = new X509Certificate2(content, password, storage);
        return certificate.GetRSAPrivateKey() ?? throw ArchiveErrors.CertificateInvalid.Exception(path, "it holds no RSA private key");
    }

    private static byte[] Read(string path)
    {
        try
        {
            var info = new FileInfo(path);
            if (info.Exists && info.Length > MaxBytes) throw ArchiveErrors.CertificateInvalid.Exception(path, "the file is too large for a certificate");
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw ArchiveErrors.CertificateInvalid.Caused(failure, path, "the file cannot be read");
        }
    }
}
