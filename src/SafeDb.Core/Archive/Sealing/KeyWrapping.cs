using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace SafeDb.Archive.Sealing;

/// <summary>Wraps an archive's data key for a recipient and unwraps it again.</summary>
internal static class KeyWrapping
{
    internal const int MinIterations = 600_000;
    internal const int MaxIterations = 10_000_000;
    private const int SaltSize = 16;
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private const string Aes256Cbc = "2.16.840.1.101.3.4.1.42";

    internal static ArchiveRecipient ForCertificate(DataKey key, X509Certificate2 certificate)
    {
        // Tools find the recipient by the identifier in the certificate; one without it can only be named by issuer and serial number.
        bool hasIdentifier = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any();
        SubjectIdentifierType identifier = hasIdentifier ? SubjectIdentifierType.SubjectKeyIdentifier : SubjectIdentifierType.IssuerAndSerialNumber;
        byte[] plain = key.Bytes.ToArray();
        try
        {
            var cms = new EnvelopedCms(new ContentInfo(plain), new AlgorithmIdentifier(new Oid(Aes256Cbc)));
            cms.Encrypt(new CmsRecipient(identifier, certificate, RSAEncryptionPadding.OaepSHA256));
            return new ArchiveRecipient { Kind = RecipientKind.Certificate, Thumbprint = certificate.Thumbprint, Cms = cms.Encode() };
        }
        catch (CryptographicException failure)
        {
            throw ArchiveErrors.CertificateInvalid.Caused(failure, certificate.Thumbprint, "the data key cannot be encrypted for it");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    internal static ArchiveRecipient ForPassphrase(DataKey key, ReadOnlySpan<byte> passphrase, int iterations)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] wrapping = FromPassphrase(passphrase, salt, iterations);
        return Wrap(key, wrapping, new ArchiveRecipient { Kind = RecipientKind.Passphrase, Iterations = iterations, Salt = salt });
    }

    internal static ArchiveRecipient ForKey(DataKey key, ReadOnlySpan<byte> rawKey)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltSize);
        byte[] wrapping = FromKey(rawKey, salt, key.ArchiveId);
        return Wrap(key, wrapping, new ArchiveRecipient { Kind = RecipientKind.Key, Salt = salt });
    }

    /// <summary>Whether the recipient's fields have the sizes of this version. Checked before any of them costs time.</summary>
    internal static bool IsWellFormed(ArchiveRecipient recipient) => recipient.Kind switch
    {
        RecipientKind.Certificate => recipient is { Thumbprint.Length: > 0 and <= 64, Cms.Length: > 0 and <= 65_536 } && recipient.Thumbprint.All(char.IsAsciiHexDigit),
        RecipientKind.Passphrase => recipient.Iterations is >= MinIterations and <= MaxIterations && HasWrap(recipient),
        RecipientKind.Key => HasWrap(recipient),
        _ => false,
    };

    internal static byte[]? OpenWithPassphrase(ArchiveRecipient recipient, string archiveId, ReadOnlySpan<byte> passphrase) =>
        Unwrap(recipient, archiveId, FromPassphrase(passphrase, recipient.Salt, recipient.Iterations!.Value));

    internal static byte[]? OpenWithKey(ArchiveRecipient recipient, string archiveId, ReadOnlySpan<byte> rawKey) =>
        Unwrap(recipient, archiveId, FromKey(rawKey, recipient.Salt, archiveId));

    internal static byte[]? OpenWithCertificate(ArchiveRecipient recipient, RSA privateKey)
    {
        try
        {
            var cms = new EnvelopedCms();
            cms.Decode(recipient.Cms!);
            if (cms.RecipientInfos.Count != 1) return null;
            cms.Decrypt(cms.RecipientInfos[0], privateKey);
            return cms.ContentInfo.Content.Length == SecretBytes.KeySize ? cms.ContentInfo.Content : null;
        }
        catch (CryptographicException)
        {
            return null; // Not for this key: the caller tries the next one and says so when none fits.
        }
    }

    private static bool HasWrap(ArchiveRecipient recipient) =>
        recipient is { Salt.Length: SaltSize, Nonce.Length: NonceSize, Wrapped.Length: SecretBytes.KeySize + TagSize };

    private static byte[] FromPassphrase(ReadOnlySpan<byte> passphrase, ReadOnlySpan<byte> salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(passphrase, salt, iterations, HashAlgorithmName.SHA256, SecretBytes.KeySize);

    private static byte[] FromKey(ReadOnlySpan<byte> rawKey, ReadOnlySpan<byte> salt, string archiveId)
    {
        byte[] output = new byte[SecretBytes.KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, rawKey, output, salt, Context(archiveId));
        return output;
    }

    private static ArchiveRecipient Wrap(DataKey key, byte[] wrapping, ArchiveRecipient recipient)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceSize);
        byte[] wrapped = new byte[SecretBytes.KeySize + TagSize];
        using (var aes = new AesGcm(wrapping, TagSize))
        {
            aes.Encrypt(nonce, key.Bytes, wrapped.AsSpan(0, SecretBytes.KeySize), wrapped.AsSpan(SecretBytes.KeySize), Context(key.ArchiveId));
        }

        CryptographicOperations.ZeroMemory(wrapping);
        return recipient with { Nonce = nonce, Wrapped = wrapped };
    }

    private static byte[]? Unwrap(ArchiveRecipient recipient, string archiveId, byte[] wrapping)
    {
        byte[] plain = new byte[SecretBytes.KeySize];
        try
        {
            using var aes = new AesGcm(wrapping, TagSize);
            ReadOnlySpan<byte> wrapped = recipient.Wrapped;
            aes.Decrypt(recipient.Nonce!, wrapped[..SecretBytes.KeySize], wrapped[SecretBytes.KeySize..], plain, Context(archiveId));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapping);
        }
    }

    private static byte[] Context(string archiveId) => Encoding.ASCII.GetBytes("safedb/v1/wrap/" + archiveId);
}
