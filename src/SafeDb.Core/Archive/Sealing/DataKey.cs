using System.Security.Cryptography;
using System.Text;

namespace SafeDb.Archive.Sealing;

/// <summary>The random 32-byte key of one archive. Everything else is derived from it by HKDF-SHA256, each use with an info text of its own. Zeroed on dispose.</summary>
internal sealed class DataKey : IDisposable
{
    private const string Prefix = "safedb/v1/";
    private readonly byte[] _key;
    private readonly byte[] _salt;
    private bool _disposed;

    private DataKey(string archiveId, byte[] key)
    {
        ArchiveId = archiveId;
        _key = key;
        _salt = Convert.FromHexString(archiveId);
    }

    internal string ArchiveId { get; }

    internal ReadOnlySpan<byte> Bytes
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _key;
        }
    }

    internal static DataKey New(string archiveId)
    {
        byte[] key = GC.AllocateUninitializedArray<byte>(SecretBytes.KeySize, pinned: true);
        RandomNumberGenerator.Fill(key);
        return new DataKey(archiveId, key);
    }

    internal static DataKey From(string archiveId, ReadOnlySpan<byte> key) => new(archiveId, SecretBytes.OfKey(key));

    /// <summary>Associated data of an entry: binds its bytes to this archive and to its name.</summary>
    internal static byte[] AssociatedData(string archiveId, string entry) => Encoding.ASCII.GetBytes($"{Prefix}{archiveId}/{entry}");

    /// <summary>Published in the header: a key that yields another value is not the archive's key, so that no file can be made that opens to different data under different keys.</summary>
    internal byte[] Commitment() => Derive("commit");

    /// <summary>Key of <c>manifest.hmac</c>.</summary>
    internal byte[] AuthenticationKey() => Derive("mac");

    /// <summary>Key of the verification records beside the archive.</summary>
    internal byte[] EvidenceKey() => Derive("evidence");

    /// <summary>Seed of the row fingerprints.</summary>
    internal ulong FingerprintSeed() => BitConverter.ToUInt64(Derive("fingerprint"));

    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_key);
    }

    private byte[] Derive(string purpose)
    {
        byte[] output = new byte[SecretBytes.KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, Bytes, output, _salt, Encoding.ASCII.GetBytes(Prefix + purpose));
        return output;
    }
}
