using System.Buffers;
using System.IO.Compression;

namespace SafeDb.Archive.Reading;

/// <summary>
/// The plain bytes of an entry. Never gives more than the stated number of bytes, whatever the compressed data claims, and fails at the end when there were fewer or something is left over.
/// </summary>
internal sealed class PartStream : ForwardReadStream
{
    private readonly IEntrySource _source;
    private readonly string _name;
    private readonly bool _compressed;
    private readonly bool _exact;
    private readonly long _limit;
    private BrotliDecoder _decoder;
    private ReadOnlyMemory<byte> _piece;
    private long _given;
    private bool _ended;
    private bool _disposed;

    /// <param name="source">The compressed bytes.</param>
    /// <param name="name">The entry, for messages.</param>
    /// <param name="compressed">Whether they are Brotli.</param>
    /// <param name="limit">Plain bytes at most.</param>
    /// <param name="exact">Whether there must be exactly that many.</param>
    internal PartStream(IEntrySource source, string name, bool compressed, long limit, bool exact)
    {
        _source = source;
        _name = name;
        _compressed = compressed;
        _limit = limit;
        _exact = exact;
    }

    /// <inheritdoc/>
    public override bool CanRead => !_disposed;

    /// <inheritdoc/>
    public override long Position
    {
        get => _given;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty) return 0;
        while (!_ended)
        {
            if (_piece.IsEmpty) _piece = await _source.NextAsync(cancellationToken).ConfigureAwait(false);
            int written = _compressed ? Decompress(buffer.Span) : Copy(buffer.Span);
            _given += written;
            if (_given > _limit) throw Damaged("it holds more than the manifest says");
            if (_ended) await RequireWholeAsync(cancellationToken).ConfigureAwait(false);
            if (written > 0) return written;
        }

        return 0;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _decoder.Dispose();
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Copy(Span<byte> buffer)
    {
        int take = Math.Min(buffer.Length, _piece.Length);
        _piece.Span[..take].CopyTo(buffer);
        _piece = _piece[take..];
        _ended = take == 0;
        return take;
    }

    private int Decompress(Span<byte> buffer)
    {
        bool noMore = _piece.IsEmpty;
        OperationStatus status = _decoder.Decompress(_piece.Span, buffer, out int consumed, out int written);
        _piece = _piece[consumed..];
        _ended = status == OperationStatus.Done;
        if (status == OperationStatus.InvalidData) throw Damaged("it does not decompress");
        if (status == OperationStatus.NeedMoreData && noMore && written == 0) throw Damaged("its compressed data ends early");
        return written;
    }

    /// <summary>Runs before the last bytes are handed out: the size must be as stated, and the source must end where the data does.</summary>
    private async ValueTask RequireWholeAsync(CancellationToken cancellationToken)
    {
        if (_exact && _given != _limit) throw Damaged("it does not hold as many bytes as the manifest says");
        if (_piece.IsEmpty) _piece = await _source.NextAsync(cancellationToken).ConfigureAwait(false);
        if (!_piece.IsEmpty) throw Damaged("something follows its data");
    }

    private Errors.SafeDbException Damaged(string what) => ArchiveErrors.PartDamaged.Exception(_name, what);
}
