using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Writing;
using SafeDb.Archive.Zip;
using SafeDb.Fingerprints;

namespace SafeDb.Archive;

/// <summary>
/// Writes an archive in one forward pass to a stream that need not seek. Units may be written at the same time from several threads.
/// Until <see cref="CompleteAsync"/> has returned, what was written is no archive: readers refuse it.
/// </summary>
public sealed class ArchiveWriter : IAsyncDisposable
{
    private readonly ArchiveWriterOptions _options;
    private readonly DataKey? _key;
    private readonly EntryOutput _output;
    private readonly uint _dosTime;
    private readonly Dictionary<string, string> _sha256 = new(StringComparer.Ordinal);
    private readonly object _gate = new();
    private int _lastPart;
    private int _openUnits;
    private bool _abandoned;
    private bool _completed;

    private ArchiveWriter(Stream output, ArchiveWriterOptions options, DataKey? key)
    {
        _options = options;
        _key = key;
        _dosTime = ZipLayout.DosTime(options.Created);
        _output = new EntryOutput(output, _dosTime, options.WaitingBytes);
        RowAlgorithmId = RowAlgorithm.ToId(options.RowFingerprint, key?.FingerprintSeed() ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))));
    }

    /// <summary>Id and key of the row hash, for units and for providers that compute fingerprints themselves.</summary>
    public string RowAlgorithmId { get; }

    /// <summary>Bytes that reached the stream so far.</summary>
    public long StoredBytes => _output.Position;

    internal DataKey? Key => _key;

    internal ArchiveWriterOptions Options => _options;

    /// <summary>A new archive id.</summary>
    public static string NewId() => ArchiveFormat.Hex(RandomNumberGenerator.GetBytes(16));

    /// <summary>Begins an archive: makes its key, wraps it for the recipients, and writes what stands in the clear.</summary>
    public static async Task<ArchiveWriter> CreateAsync(Stream output, ArchiveWriterOptions options, CancellationToken cancellationToken)
    {
        Validate(options);
        DataKey? key = options.Secrets.IsEncrypted ? DataKey.New(options.ArchiveId) : null;
        ArchiveWriter? writer = null;
        try
        {
            var header = new ArchiveHeader
            {
                FormatVersion = ArchiveFormat.Version,
                ArchiveId = options.ArchiveId,
                Engine = options.Engine,
                Created = options.Created.ToUniversalTime(),
                Compression = options.Codec,
                Encryption = key is null ? ArchiveFormat.NoSealing : ArchiveFormat.Sealing,
                KeyCommitment = key is null ? null : ArchiveFormat.Hex(key.Commitment()),
                Recipients = key is null ? [] : options.Secrets.Wrap(key),
                Filtered = options.Filtered,
            };
            writer = new ArchiveWriter(output, options, key);
            byte[] json = ArchiveJson.Indented(header, ArchiveJson.Default.ArchiveHeader);
            await writer.AddClearAsync(ArchiveFormat.HeaderEntry, json, cancellationToken).ConfigureAwait(false);
            await writer.AddClearAsync(ArchiveFormat.ReadmeEntry, Encoding.UTF8.GetBytes(ReadmeText.For(header)), cancellationToken).ConfigureAwait(false);
            return writer;
        }
        catch
        {
            if (writer is not null) await writer.DisposeAsync().ConfigureAwait(false);
            key?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a unit: what is written to it becomes one or more parts.</summary>
    /// <param name="kind">What its bytes are.</param>
    /// <param name="target">The table's name, or empty.</param>
    /// <param name="offset">First byte in the database file, for <see cref="PartKind.Image"/>.</param>
    public ArchiveUnitWriter OpenUnit(PartKind kind, string target, long offset)
    {
        Interlocked.Increment(ref _openUnits);
        return new ArchiveUnitWriter(this, kind, target, offset);
    }

    /// <summary>Writes manifest, checksums, authentication and directory. Every unit must have been completed, and the manifest must list exactly their parts.</summary>
    public async Task CompleteAsync(ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        RequireWhole(manifest);
        using (var builder = new EntryBuilder(ArchiveFormat.ManifestEntry, _key, _options.Codec))
        {
            builder.Write(JsonSerializer.SerializeToUtf8Bytes(manifest, ArchiveJson.Default.ArchiveManifest));
            if (builder.PlainBytes > ArchiveFormat.MaxManifestBytes) throw ArchiveErrors.WriteFailed.Exception("the manifest is larger than a reader accepts");
            await AddAsync(builder.Complete(), cancellationToken).ConfigureAwait(false);
        }

        await ArchiveEnding.WriteAsync(_output, _sha256, _key, _dosTime, cancellationToken).ConfigureAwait(false);
        _completed = true;
    }

    /// <summary>Stops writing and zeroes the key. What was not completed is no archive.</summary>
    public async ValueTask DisposeAsync()
    {
        await _output.DisposeAsync().ConfigureAwait(false);
        _key?.Dispose();
    }

    internal int NextPart()
    {
        int number = Interlocked.Increment(ref _lastPart);
        return number <= ArchiveFormat.MaxParts ? number : throw ArchiveErrors.TooManyParts.Exception(ArchiveFormat.MaxParts);
    }

    internal ValueTask AddAsync(EntryBuffer entry, CancellationToken cancellationToken)
    {
        lock (_gate) _sha256.Add(entry.Name, entry.Sha256);
        return _output.EnqueueAsync(entry, cancellationToken);
    }

    internal void UnitClosed(bool completed)
    {
        Interlocked.Decrement(ref _openUnits);
        if (!completed) _abandoned = true;
    }

    private static void Validate(ArchiveWriterOptions options)
    {
        if (!ArchiveFormat.IsArchiveId(options.ArchiveId)) throw new ArgumentException("The archive id must be 32 lower-case hex digits.", nameof(options));
        if (options.Codec is not (ArchiveFormat.BrotliCodec or ArchiveFormat.NoCodec)) throw ArchiveErrors.UnsupportedFeature.Exception($"the codec '{options.Codec}'");
        _ = RowAlgorithm.SeedOf(RowAlgorithm.ToId(options.RowFingerprint, seed: 0)); // throws for what is neither a known name nor a full id
        if (options.PartSize is < 1 or > 1 << 30) throw new ArgumentException("A part has between 1 byte and 1 GiB.", nameof(options));
    }

    private async Task AddClearAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        using var builder = new EntryBuilder(name, key: null, ArchiveFormat.NoCodec);
        builder.Write(content);
        await AddAsync(builder.Complete(), cancellationToken).ConfigureAwait(false);
    }

    private void RequireWhole(ArchiveManifest manifest)
    {
        if (_completed) throw new InvalidOperationException("The archive is already complete.");
        if (_abandoned) throw ArchiveErrors.WriteFailed.Exception("part of the data was not written to its end");
        if (Volatile.Read(ref _openUnits) != 0) throw ArchiveErrors.WriteFailed.Exception("part of the data is still being written");
        if (manifest.ArchiveId != _options.ArchiveId || manifest.Source.Engine != _options.Engine || manifest.FormatVersion != ArchiveFormat.Version)
            throw ArchiveErrors.WriteFailed.Exception("the manifest is of another archive");
        lock (_gate)
        {
            bool same = manifest.Parts.Count == _lastPart
                && manifest.Parts.Select((part, index) => part.Number == index + 1 && _sha256.GetValueOrDefault(ArchiveFormat.PartName(part.Number)) == part.Sha256).All(equal => equal);
            if (!same) throw ArchiveErrors.WriteFailed.Exception("the manifest does not list the parts that were written, by number");
        }
    }
}
