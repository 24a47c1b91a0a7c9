using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SafeDb.Archive.Sealing;

namespace SafeDb.Archive;

/// <summary>What the caller has for opening archives: passphrases, 32-byte keys, private keys of certificates. Holds them as bytes that are zeroed on dispose and never shown.</summary>
public sealed class ArchiveKeys : IDisposable
{
    private readonly List<byte[]> _passphrases = [];
    private readonly List<byte[]> _keys = [];
    private readonly List<RSA> _privateKeys = [];
    private bool _disposed;

    /// <summary>Whether nothing was added.</summary>
    public bool IsEmpty => _passphrases.Count + _keys.Count + _privateKeys.Count == 0;

    /// <summary>Adds a passphrase; its exact UTF-8 bytes count.</summary>
    public void AddPassphrase(ReadOnlySpan<char> passphrase) => Add(_passphrases, SecretBytes.OfPassphrase(passphrase));

    /// <inheritdoc cref="AddPassphrase(ReadOnlySpan{char})"/>
    public void AddPassphrase(SecureString passphrase) => Add(_passphrases, SecretBytes.OfPassphrase(passphrase));

    /// <summary>Adds a 32-byte key.</summary>
    public void AddKey(ReadOnlySpan<byte> key) => Add(_keys, SecretBytes.OfKey(key));

    /// <summary>Adds a 32-byte key written as 64 hexadecimal digits or Base64.</summary>
    public void AddKeyText(ReadOnlySpan<char> key) => Add(_keys, SecretBytes.OfKeyText(key));

    /// <inheritdoc cref="AddKeyText(ReadOnlySpan{char})"/>
    public void AddKeyText(SecureString key) => Add(_keys, SecretBytes.OfKeyText(key));

    /// <summary>Adds a certificate with its private key. The caller keeps owning it.</summary>
    public void AddCertificate(X509Certificate2 certificate)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RSA key = certificate.GetRSAPrivateKey() ?? throw ArchiveErrors.CertificateInvalid.Exception(certificate.Thumbprint, "it comes without an RSA private key");
        _privateKeys.Add(key);
    }

    /// <summary>Adds the private key in a PEM file (with or without the certificate) or a PFX file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="password">Its password, or empty.</param>
    public void AddCertificateFile(string path, ReadOnlySpan<char> password = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _privateKeys.Add(CertificateFile.ReadPrivateKey(path, password));
    }

    /// <summary>Nothing secret.</summary>
    public override string ToString() => $"{_passphrases.Count} passphrases, {_keys.Count} keys, {_privateKeys.Count} certificates";

    /// <summary>Zeroes the secrets.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (byte[] secret in _passphrases.Concat(_keys)) CryptographicOperations.ZeroMemory(secret);
        foreach (RSA key in _privateKeys) key.Dispose();
        _passphrases.Clear();
        _keys.Clear();
        _privateKeys.Clear();
    }

    /// <summary>Unwraps the data key of an archive with whatever fits; the cheap ways first.</summary>
    internal DataKey Open(ArchiveHeader header)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        byte[] commitment = Convert.FromHexString(header.KeyCommitment!);
        foreach (ArchiveRecipient recipient in header.Recipients.OrderBy(recipient => recipient.Kind == RecipientKind.Passphrase))
        {
            foreach (byte[]? candidate in Candidates(recipient, header.ArchiveId))
            {
                if (candidate is null) continue;
                DataKey key = DataKey.From(header.ArchiveId, candidate);
                CryptographicOperations.ZeroMemory(candidate);
                if (CryptographicOperations.FixedTimeEquals(key.Commitment(), commitment)) return key;
                key.Dispose();
            }
        }

        throw ArchiveErrors.WrongKey.Exception(header.DescribeRecipients());
    }

    private IEnumerable<byte[]?> Candidates(ArchiveRecipient recipient, string archiveId) => recipient.Kind switch
    {
        RecipientKind.Certificate => _privateKeys.Select(key => KeyWrapping.OpenWithCertificate(recipient, key)),
        RecipientKind.Passphrase => _passphrases.Select(passphrase => KeyWrapping.OpenWithPassphrase(recipient, archiveId, passphrase)),
        _ => _keys.Select(key => KeyWrapping.OpenWithKey(recipient, archiveId, key)),
    };

    private void Add(List<byte[]> secrets, byte[] secret)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        secrets.Add(secret);
    }
}
