using SafeDb.Addresses;

namespace SafeDb.Archive;

/// <summary>
/// What an archive says of itself in the clear. It can be read without a key; until <see cref="ArchiveReader.ReadManifestAsync"/> has succeeded nothing proves that it is as it was written.
/// </summary>
public sealed record ArchiveHeader
{
    /// <summary>Version of the archive format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The archive's id: 32 lower-case hex digits.</summary>
    public required string ArchiveId { get; init; }

    /// <summary>Engine of the database.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>When the archive was begun, in UTC.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How entries are compressed: <c>br</c> or <c>none</c>.</summary>
    public required string Compression { get; init; }

    /// <summary>How entries are sealed: <c>AES256_GCM_HKDF_1MB</c> or <c>none</c>.</summary>
    public required string Encryption { get; init; }

    /// <summary>Lower-case hex that binds the archive to one data key; null when unencrypted.</summary>
    public string? KeyCommitment { get; init; }

    /// <summary>Who can open the archive; empty when unencrypted.</summary>
    public IReadOnlyList<ArchiveRecipient> Recipients { get; init; } = [];

    /// <summary>Whether filters were given, so that a listing without a key can tell; null in archives of versions that did not say it.</summary>
    public bool? Filtered { get; init; }

    /// <summary>Whether a key is needed.</summary>
    public bool IsEncrypted => Encryption != ArchiveFormat.NoSealing;

    /// <summary>The recipients for a person, such as <c>passphrase, certificate 8F43…</c>.</summary>
    public string DescribeRecipients() => string.Join(", ", Recipients.Select(recipient => recipient.Describe()));
}

/// <summary>What opens an archive.</summary>
public enum RecipientKind
{
    /// <summary>The private key of an RSA certificate.</summary>
    Certificate,

    /// <summary>A passphrase.</summary>
    Passphrase,

    /// <summary>A 32-byte key.</summary>
    Key,
}

/// <summary>The data key, wrapped for one recipient.</summary>
public sealed record ArchiveRecipient
{
    /// <summary>What opens it.</summary>
    public required RecipientKind Kind { get; init; }

    /// <summary>For a certificate: its SHA-1 thumbprint in upper-case hex, as certificate stores show it.</summary>
    public string? Thumbprint { get; init; }

    /// <summary>For a certificate: a CMS EnvelopedData (DER) that holds the data key.</summary>
    public byte[]? Cms { get; init; }

    /// <summary>For a passphrase: rounds of PBKDF2-HMAC-SHA256.</summary>
    public int? Iterations { get; init; }

    /// <summary>For a passphrase or key: salt of the derivation.</summary>
    public byte[]? Salt { get; init; }

    /// <summary>For a passphrase or key: nonce of AES-256-GCM.</summary>
    public byte[]? Nonce { get; init; }

    /// <summary>For a passphrase or key: the data key's ciphertext and tag.</summary>
    public byte[]? Wrapped { get; init; }

    internal string Describe() => Kind switch
    {
        RecipientKind.Certificate => "certificate " + Thumbprint,
        RecipientKind.Passphrase => "passphrase",
        _ => "key",
    };
}
