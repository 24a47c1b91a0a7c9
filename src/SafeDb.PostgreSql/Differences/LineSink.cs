using SafeDb.Providers;

namespace SafeDb.PostgreSql.Differences;

/// <summary>Cuts bytes into lines, whether they come in whole lines (from a server) or anyhow (from an archive).</summary>
/// <param name="line">Takes each line without its LF.</param>
internal sealed class LineSink(Action<ReadOnlyMemory<byte>> line) : Stream, IPartSink
{
    private readonly MemoryStream _begun = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Take(buffer);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => Take(buffer.AsMemory(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _begun.Dispose();
        base.Dispose(disposing);
    }

    private void Take(ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
        {
            int end = data.Span.IndexOf((byte)'\n');
            if (end < 0)
            {
                _begun.Write(data.Span);
                return;
            }

            if (_begun.Length == 0)
            {
                line(data[..end]);
            }
            else
            {
                _begun.Write(data.Span[..end]);
                line(_begun.GetBuffer().AsMemory(0, (int)_begun.Length));
                _begun.SetLength(0);
            }

            data = data[(end + 1)..];
        }
    }
}
