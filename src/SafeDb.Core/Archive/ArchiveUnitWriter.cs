using SafeDb.Archive.Writing;
using SafeDb.Fingerprints;
using SafeDb.Providers;

namespace SafeDb.Archive;

/// <summary>What became of a unit.</summary>
/// <param name="Parts">Its parts, in order.</param>
/// <param name="Digest">Digest of its rows, or null when it holds none; merge the digests of a table's units.</param>
public sealed record UnitResult(IReadOnlyList<ManifestPart> Parts, RowDigest? Digest);

/// <summary>
/// One unit being written: cuts parts at row borders, hashes rows, compresses and seals in the calling thread. Not thread-safe; one per unit.
/// A unit that is disposed without <see cref="CompleteAsync"/> makes the archive unfinishable.
/// </summary>
public sealed class ArchiveUnitWriter : IPartSink, IAsyncDisposable
{
    private readonly ArchiveWriter _archive;
    private readonly PartKind _kind;
    private readonly string _target;
    private readonly List<ManifestPart> _parts = [];
    private readonly RowDigest? _digest;
    private EntryBuilder? _builder;
    private int _number;
    private long _offset;
    private long _rowsBefore;
    private bool _closed;

    internal ArchiveUnitWriter(ArchiveWriter archive, PartKind kind, string target, long offset)
    {
        _archive = archive;
        _kind = kind;
        _target = target;
        _offset = offset;
        _digest = kind == PartKind.Rows ? RowDigest.Create(archive.RowAlgorithmId) : null;
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_digest is not null && !data.IsEmpty && data.Span[^1] != (byte)'\n') throw FingerprintErrors.LineNotWhole.Exception();
        while (!data.IsEmpty)
        {
            int take = Take(data.Span);
            if (take > 0) Put(data.Span[..take]);
            data = data[take..];
            bool full = take == 0 || _builder!.PlainBytes >= _archive.Options.PartSize;
            if (full) await FinishPartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends the unit.</summary>
    public async Task<UnitResult> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        if (_builder is not null) await FinishPartAsync(cancellationToken).ConfigureAwait(false);
        _closed = true;
        _archive.UnitClosed(completed: true);
        return new UnitResult(_parts, _digest);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            _builder?.Dispose();
            _archive.UnitClosed(completed: false);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>How many of these bytes belong to the current part; 0 when it must be finished first, because the next row does not fit any more.</summary>
    private int Take(ReadOnlySpan<byte> data)
    {
        long used = _builder?.PlainBytes ?? 0;
        int room = (int)Math.Max(0, _archive.Options.PartSize - used);
        if (data.Length <= room) return data.Length;
        if (_kind != PartKind.Rows) return room;
        int fitting = data[..room].LastIndexOf((byte)'\n') + 1;
        if (fitting > 0 || used > 0) return fitting;
        return room + data[room..].IndexOf((byte)'\n') + 1; // one row larger than a part: it gets a part of its own
    }

    private void Put(ReadOnlySpan<byte> data)
    {
        if (_builder is null)
        {
            _number = _archive.NextPart();
            _builder = new EntryBuilder(ArchiveFormat.PartName(_number), _archive.Key, _archive.Options.Codec);
        }

        _digest?.AddLines(data);
        _builder.Write(data);
    }

    private async ValueTask FinishPartAsync(CancellationToken cancellationToken)
    {
        using EntryBuilder builder = _builder!;
        _builder = null;
        EntryBuffer buffer = builder.Complete();
        long rows = _digest?.Rows ?? 0;
        _parts.Add(new ManifestPart(
            _number, _kind, _target, builder.PlainBytes, buffer.Length, buffer.Sha256, rows - _rowsBefore, _kind == PartKind.Image ? _offset : 0, _archive.Options.Codec));
        _rowsBefore = rows;
        _offset += builder.PlainBytes;
        await _archive.AddAsync(buffer, cancellationToken).ConfigureAwait(false);
    }
}
