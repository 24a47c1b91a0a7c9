using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SafeDb.Archive.Sealing;

namespace SafeDb.Archive;

/// <summary>
/// For whom a new archive is sealed: any of passphrases, 32-byte keys and certificates together, each of which opens it alone; or nobody (<see cref="Unencrypted"/>).
/// Holds secrets as bytes that are zeroed on dispose and never shown.
/// </summary>
public sealed class ArchiveSecrets : IDisposable
{
    private const int MinRsaBits = 2048;
    private readonly List<byte[]> _passphrases = [];
    private readonly List<byte[]> _keys = [];
    private readonly List<X509Certificate2> _certificates = [];
    private readonly bool _unencrypted;
    private bool _disposed;

    /// <summary>No recipients yet; at least one must be added.</summary>
    public ArchiveSecrets()
    {
    }

    private ArchiveSecrets(bool unencrypted) => _unencrypted = unencrypted;

    /// <summary>Whether the archive is sealed.</summary>
    public bool IsEncrypted => !_unencrypted;

    /// <summary>How the archive can be opened: <c>certificate</c>, <c>passphrase</c>, <c>key</c>.</summary>
    public IReadOnlyList<string> Kinds =>
        [.. Enumerable.Repeat("certificate", _certificates.Count).Concat(Enumerable.Repeat("passphrase", _passphrases.Count)).Concat(Enumerable.Repeat("key", _keys.Count))];

    /// <summary>Rounds of PBKDF2 for passphrases, at least 600,000.</summary>
    public int Iterations { get; init; } = KeyWrapping.MinIterations;

    /// <summary>An archive that everybody who reaches it can read. The caller has said so explicitly.</summary>
    public static ArchiveSecrets Unencrypted() => new(unencrypted: true);

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

    /// <summary>Adds a certificate; only its public key is used. The caller keeps owning it.</summary>
    public void AddCertificate(X509Certificate2 certificate)
    {
        RequireUsable();
        using RSA? rsa = certificate.GetRSAPublicKey();
        if (rsa is null) throw ArchiveErrors.CertificateInvalid.Exception(certificate.Thumbprint, "it has no RSA key");
        if (rsa.KeySize < MinRsaBits) throw ArchiveErrors.CertificateInvalid.Exception(certificate.Thumbprint, $"its RSA key has only {rsa.KeySize} bits");
        _certificates.Add(new X509Certificate2(certificate.RawData));
    }

    /// <summary>Adds a certificate from a PEM or DER file.</summary>
    public void AddCertificateFile(string path)
    {
        using X509Certificate2 certificate = CertificateFile.ReadCertificate(path);
        AddCertificate(certificate);
    }

    /// <summary>Nothing secret.</summary>
    public override string ToString() =>
        _unencrypted ? "unencrypted" : $"{_passphrases.Count} passphrases, {_keys.Count} keys, {_certificates.Count} certificates";

    /// <summary>Zeroes the secrets.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (byte[] secret in _passphrases.Concat(_keys)) CryptographicOperations.ZeroMemory(secret);
        foreach (X509Certificate2 certificate in _certificates) certificate.Dispose();
        _passphrases.Clear();
        _keys.Clear();
        _certificates.Clear();
    }

    /// <summary>The data key wrapped for every recipient.</summary>
    internal IReadOnlyList<ArchiveRecipient> Wrap(DataKey key)
    {
        RequireUsable();
        RequireRecipients();
        return
        [
            .. _certificates.Select(certificate => KeyWrapping.ForCertificate(key, certificate)),
            .. _keys.Select(raw => KeyWrapping.ForKey(key, raw)),
            .. _passphrases.Select(passphrase => KeyWrapping.ForPassphrase(key, passphrase, Iterations)),
        ];
    }

    private void RequireRecipients()
    {
        int count = _passphrases.Count + _keys.Count + _certificates.Count;
        if (count == 0) throw ArchiveErrors.RecipientMissing.Exception();
        if (count > ArchiveFormat.MaxRecipients || _passphrases.Count > ArchiveFormat.MaxPassphrases)
            throw ArchiveErrors.TooManyRecipients.Exception(ArchiveFormat.MaxRecipients, ArchiveFormat.MaxPassphrases);
        if (Iterations is < KeyWrapping.MinIterations or > KeyWrapping.MaxIterations)
            throw ArchiveErrors.KeyInvalid.Exception($"{Iterations} rounds of PBKDF2 are not between {KeyWrapping.MinIterations} and {KeyWrapping.MaxIterations}");
    }

    private void Add(List<byte[]> secrets, byte[] secret)
    {
        RequireUsable();
        secrets.Add(secret);
    }

    private void RequireUsable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_unencrypted) throw new InvalidOperationException("An unencrypted archive has no recipients.");
    }
}
