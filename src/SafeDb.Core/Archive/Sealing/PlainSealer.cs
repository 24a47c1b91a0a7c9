using System.Buffers;
using SafeDb.Archive.Writing;

namespace SafeDb.Archive.Sealing;

/// <summary>Stores bytes as they are, for unencrypted archives.</summary>
internal sealed class PlainSealer(EntryBuffer output) : IEntrySealer
{
    private byte[]? _chunk;
    private int _used;

    public void Write(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            if (_used == EntryBuffer.ChunkSize) Flush();
            _chunk ??= EntryBuffer.RentChunk();
            int take = Math.Min(data.Length, EntryBuffer.ChunkSize - _used);
            data[..take].CopyTo(_chunk.AsSpan(_used));
            _used += take;
            data = data[take..];
        }
    }

    public void Complete() => Flush();

    public void Dispose()
    {
        if (_chunk is not null) ArrayPool<byte>.Shared.Return(_chunk);
        _chunk = null;
    }

    private void Flush()
    {
        if (_chunk is null) return;
        output.Append(_chunk, _used);
        _chunk = null;
        _used = 0;
    }
}
