using System.Security.Cryptography;
using System.Text.Json;
using SafeDb.Archive.Reading;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Writing;
using SafeDb.Archive.Zip;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb.Archive;

/// <summary>
/// Reads an archive by ranges. Opening it needs no key and gives the clear facts; <see cref="ReadManifestAsync"/> authenticates it; then parts can be read, from several threads at the same time.
/// </summary>
public sealed class ArchiveReader : IArchivedData, IDisposable
{
    private readonly IArchiveFile _file;
    private readonly ArchiveKeys? _keys;
    private readonly ZipDirectory _directory;
    private readonly byte[] _headerJson;
    private readonly uint _dosTime;
    private DataKey? _key;
    private ArchiveManifest? _manifest;
    private string? _contentId;

    private ArchiveReader(IArchiveFile file, ArchiveKeys? keys, ZipDirectory directory, ArchiveHeader header, byte[] headerJson)
    {
        _file = file;
        _keys = keys;
        _directory = directory;
        _headerJson = headerJson;
        _dosTime = ZipLayout.DosTime(header.Created);
        Header = header;
    }

    /// <summary>The clear facts.</summary>
    public ArchiveHeader Header { get; }

    /// <summary>Size of the archive in bytes.</summary>
    public long Length => _file.Length;

    /// <inheritdoc/>
    /// <remarks>Only after <see cref="ReadManifestAsync"/>.</remarks>
    public ArchiveManifest Manifest => _manifest ?? throw new InvalidOperationException("The manifest was not read yet.");

    /// <summary>SHA-256 of the stored manifest: the same for every copy of this backup, also one with other recipients. Only after <see cref="ReadManifestAsync"/>.</summary>
    public string ContentId => _contentId ?? throw new InvalidOperationException("The manifest was not read yet.");

    internal DataKey? Key => _key;

    internal ZipDirectory Directory => _directory;

    internal uint DosTime => _dosTime;

    internal IArchiveFile File => _file;

    /// <summary>Opens an archive and reads its clear facts. The caller keeps owning file and keys, which must live as long as the reader.</summary>
    public static async Task<ArchiveReader> OpenAsync(IArchiveFile file, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        ZipDirectory directory = await ZipDirectory.ReadAsync(file, cancellationToken).ConfigureAwait(false);
        ZipEntry entry = directory.Entries[0];
        (byte[] local, byte[] json) = await EntryReader.ReadAsync(file, entry, ArchiveFormat.MaxHeaderBytes, cancellationToken).ConfigureAwait(false);
        ArchiveHeader header = HeaderReader.Parse(json);
        uint dosTime = ZipLayout.DosTime(header.Created);
        EntryReader.RequireLocalHeader(local, entry, dosTime);
        HeaderReader.RequireCanonicalDirectory(directory, dosTime);
        bool authenticated = directory.ByName.ContainsKey(ArchiveFormat.AuthenticationEntry);
        if (authenticated != header.IsEncrypted) throw ArchiveErrors.Damaged.Exception(ArchiveFormat.HeaderEntry, "encryption and entries do not fit each other");
        return new ArchiveReader(file, keys, directory, header, json);
    }

    /// <summary>
    /// Unwraps the key, proves that header, checksums and manifest were written under it, and reads the manifest.
    /// For an unencrypted archive there is no such proof: damage is found, a forger is not. A caller who gave keys expects one, so then an unencrypted archive is refused.
    /// </summary>
    public async Task<ArchiveManifest> ReadManifestAsync(CancellationToken cancellationToken)
    {
        if (_manifest is not null) return _manifest;
        OpenKey();
        IReadOnlyDictionary<string, string> sha256 = await ReadChecksumsAsync(_key, cancellationToken).ConfigureAwait(false);
        if (ArchiveFormat.Hex(SHA256.HashData(_headerJson)) != sha256[ArchiveFormat.HeaderEntry])
            throw ArchiveErrors.ChecksumMismatch.Exception(ArchiveFormat.HeaderEntry);
        ArchiveManifest manifest = await ParseManifestAsync(sha256[ArchiveFormat.ManifestEntry], cancellationToken).ConfigureAwait(false);
        ManifestValidation.Require(manifest, Header, _directory, sha256);
        _contentId = sha256[ArchiveFormat.ManifestEntry];
        _manifest = manifest;
        return manifest;
    }

    /// <summary>Reads every byte of the file and compares it with the archive's own checksums. Needs no key; finds any damage, but not a forger (<see cref="ReadManifestAsync"/> does).</summary>
    public async Task<ChecksumResult> VerifyChecksumsAsync(IOperationObserver observer, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> sha256 = await ReadChecksumsAsync(key: null, cancellationToken).ConfigureAwait(false);
        return await ChecksumVerification.RunAsync(_file, _directory, _dosTime, sha256, observer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Stream> OpenPartAsync(ManifestPart part, CancellationToken cancellationToken)
    {
        bool known = part.Number >= 1 && part.Number <= Manifest.Parts.Count && Manifest.Parts[part.Number - 1] == part;
        if (!known) throw new ArgumentException("The part is not one of this archive's manifest.", nameof(part));
        return await OpenEntryAsync(ArchiveFormat.PartName(part.Number), part.Sha256, part.PlainBytes, exact: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Zeroes the data key.</summary>
    public void Dispose() => _key?.Dispose();

    private void OpenKey()
    {
        bool keysGiven = _keys is { IsEmpty: false };
        if (!Header.IsEncrypted)
        {
            if (keysGiven) throw ArchiveErrors.NotEncrypted.Exception();
            return;
        }

        if (!keysGiven) throw ArchiveErrors.KeyRequired.Exception(Header.DescribeRecipients());
        _key ??= _keys!.Open(Header);
    }

    /// <summary>The checksum list; with a key only after proof that it was written under it.</summary>
    private async Task<IReadOnlyDictionary<string, string>> ReadChecksumsAsync(DataKey? key, CancellationToken cancellationToken)
    {
        ZipEntry[] covered = [.. _directory.Entries.TakeWhile(entry => entry.Name != ArchiveFormat.ChecksumsEntry)];
        byte[] list = await ReadClearAsync(ArchiveFormat.ChecksumsEntry, (long)covered.Length * ChecksumList.MaxLineLength, cancellationToken).ConfigureAwait(false);
        if (key is not null)
        {
            byte[] expected = ArchiveEnding.Authenticate(key, list);
            byte[] actual = await ReadClearAsync(ArchiveFormat.AuthenticationEntry, expected.Length, cancellationToken).ConfigureAwait(false);
            if (!CryptographicOperations.FixedTimeEquals(expected, actual)) throw ArchiveErrors.NotAuthentic.Exception("list of checksums");
        }

        return ChecksumList.Read(list, covered);
    }

    private async Task<byte[]> ReadClearAsync(string name, long limit, CancellationToken cancellationToken)
    {
        ZipEntry entry = _directory.ByName[name];
        (byte[] local, byte[] content) = await EntryReader.ReadAsync(_file, entry, limit, cancellationToken).ConfigureAwait(false);
        EntryReader.RequireLocalHeader(local, entry, _dosTime);
        return content;
    }

    private async Task<ArchiveManifest> ParseManifestAsync(string sha256, CancellationToken cancellationToken)
    {
        Stream plain = await OpenEntryAsync(ArchiveFormat.ManifestEntry, sha256, ArchiveFormat.MaxManifestBytes, exact: false, cancellationToken).ConfigureAwait(false);
        await using (plain.ConfigureAwait(false))
        {
            try
            {
                ArchiveManifest? manifest = await JsonSerializer.DeserializeAsync(plain, ArchiveJson.Default.ArchiveManifest, cancellationToken).ConfigureAwait(false);
                return manifest ?? throw ArchiveErrors.Damaged.Exception(ArchiveFormat.ManifestEntry, "it is empty");
            }
            catch (JsonException failure)
            {
                throw ArchiveErrors.Damaged.Caused(failure, ArchiveFormat.ManifestEntry, "it is not the JSON that the format defines");
            }
        }
    }

    private async Task<Stream> OpenEntryAsync(string name, string sha256, long limit, bool exact, CancellationToken cancellationToken)
    {
        ZipEntry entry = _directory.ByName[name];
        IEntrySource source = _key is { } key
            ? new SealedSource(_file, entry, key)
            : await PlainSource.OpenAsync(_file, entry, sha256, cancellationToken).ConfigureAwait(false);
        return new PartStream(source, name, Header.Compression == ArchiveFormat.BrotliCodec, limit, exact);
    }
}
