using System.Buffers;
using System.IO.Compression;
using SafeDb.Archive.Sealing;

namespace SafeDb.Archive.Writing;

/// <summary>Makes one entry out of plain bytes: compresses, seals and hashes them in the calling thread. One per entry.</summary>
internal sealed class EntryBuilder : IDisposable
{
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 22;
    private const int StageSize = 1 << 16;

    // The encoder takes the whole of what one call gives it as one block and sizes its tables by it. In 64 KiB everything stays in the processor's cache: measured on rows as text,
    // 1.4 times as fast as in 1 MiB, and 1 % smaller.
    private const int EncoderSlice = 1 << 16;

    private readonly IEntrySealer _sealer;
    private readonly bool _compress;
    private readonly byte[]? _stage;
    private EntryBuffer? _buffer;
    private BrotliEncoder _encoder;
    private bool _disposed;

    /// <param name="name">The entry's name.</param>
    /// <param name="key">The data key, or null for an unencrypted archive.</param>
    /// <param name="codec">How to compress.</param>
    internal EntryBuilder(string name, DataKey? key, string codec)
    {
        _buffer = new EntryBuffer(name);
        _sealer = key is null ? new PlainSealer(_buffer) : new SegmentSealer(key, _buffer);
        _compress = codec == ArchiveFormat.BrotliCodec;
        if (!_compress) return;
        _encoder = new BrotliEncoder(BrotliQuality, BrotliWindow);
        _stage = ArrayPool<byte>.Shared.Rent(StageSize);
    }

    /// <summary>Plain bytes so far.</summary>
    internal long PlainBytes { get; private set; }

    internal void Write(ReadOnlySpan<byte> data)
    {
        PlainBytes += data.Length;
        if (_compress)
        {
            for (; data.Length > EncoderSlice; data = data[EncoderSlice..])
            {
                Compress(data[..EncoderSlice], last: false);
            }

            Compress(data, last: false);
        }
        else
        {
            _sealer.Write(data);
        }
    }

    /// <summary>Ends the entry and hands over its bytes.</summary>
    internal EntryBuffer Complete()
    {
        if (_compress) Compress([], last: true);
        _sealer.Complete();
        EntryBuffer buffer = _buffer!;
        buffer.Complete();
        _buffer = null;
        return buffer;
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _encoder.Dispose();
        _sealer.Dispose();
        _buffer?.Dispose();
        if (_stage is not null) ArrayPool<byte>.Shared.Return(_stage);
    }

    private void Compress(ReadOnlySpan<byte> data, bool last)
    {
        OperationStatus status;
        do
        {
            status = _encoder.Compress(data, _stage, out int consumed, out int written, last);
            if (status == OperationStatus.InvalidData) throw Errors.GeneralErrors.Bug.Exception("the compressor refused its input");
            _sealer.Write(_stage.AsSpan(0, written));
            data = data[consumed..];
        }
        while (status == OperationStatus.DestinationTooSmall || !data.IsEmpty);
    }
}
