using System.Buffers;

namespace SafeDb.PostgreSql.Copy;

/// <summary>Bytes in a rented array, filled from the front.</summary>
internal sealed class PooledBuffer(int capacity) : IDisposable
{
    private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes in use.</summary>
    public int Length { get; set; }

    /// <summary>What is in use.</summary>
    public Memory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>What is free.</summary>
    public Span<byte> Free => _bytes.AsSpan(Length);

    /// <summary>Whether the last byte in use ends a line.</summary>
    public bool EndsWithLine => Length > 0 && _bytes![Length - 1] == (byte)'\n';

    /// <summary>A buffer of twice the size with the same content; this one is given back.</summary>
    public PooledBuffer Grow()
    {
        // One row of COPY text is at most 1 GiB on the server's side, so twice the size always is an array that exists.
        var larger = new PooledBuffer((int)Math.Min(Array.MaxLength, 2L * _bytes!.Length));
        Memory.Span.CopyTo(larger.Free);
        larger.Length = Length;
        Dispose();
        return larger;
    }

    /// <summary>Takes bytes away from the front.</summary>
    public void RemoveFront(int count)
    {
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } rented)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
