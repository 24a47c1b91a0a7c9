using System.Buffers;

using Azure.Storage.Blobs.Specialized;

namespace SafeDb.AzureStorage;

/// <summary>
/// Takes bytes in order and stages them as blocks, a few at the same time. Memory is bounded: at most <see cref="Parallel"/> blocks wait, and a writer that is faster than the network is
/// made to wait. Blocks grow with the archive, because a blob has at most 50,000 of them (Blob service limit): 8 MiB for the first 128 GiB, then 32 MiB.
/// </summary>
internal sealed class BlockStream(BlockBlobClient blob, string target, TimeProvider clock) : Stream
{
    /// <summary>Blocks staged at the same time.</summary>
    internal const int Parallel = 4;

    private const int SmallBlock = 8 << 20;
    private const int LargeBlock = 32 << 20;
    private const int SmallBlocks = 16_384;

    private readonly SemaphoreSlim _slots = new(Parallel, Parallel);
    private readonly CancellationTokenSource _stop = new();
    private readonly BlockIds _ids = new();
    private readonly List<string> _blocks = [];
    private readonly List<Task> _running = [];
    private byte[]? _buffer;
    private int _filled;
    private bool _disposed;
    private long _length;
    private volatile Exception? _failure;

    public int StagedBlocks => _blocks.Count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException("The archive is written in one forward pass.");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            ThrowIfFailed();
            _buffer ??= ArrayPool<byte>.Shared.Rent(BlockSize);
            int take = Math.Min(buffer.Length, BlockSize - _filled);
            buffer[..take].CopyTo(_buffer.AsMemory(_filled));
            _filled += take;
            _length += take;
            buffer = buffer[take..];
            if (_filled == BlockSize)
            {
                await StageAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <summary>Stages what is left and waits for every block; returns their ids in order.</summary>
    public async Task<IReadOnlyList<string>> FinishAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            await StageAsync(cancellationToken).ConfigureAwait(false);
        }

        await Task.WhenAll(_running).WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfFailed();
        return _blocks;
    }

    public override void Flush()
    {
        // Only whole blocks are sent; the commit sends the rest.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The upload can only be written.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The archive is written in one forward pass.");

    public override void SetLength(long value) => throw new NotSupportedException("The archive is written in one forward pass.");

    public override async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Return(ref _buffer);
        _slots.Dispose();
        _stop.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private int BlockSize => _blocks.Count < SmallBlocks ? SmallBlock : LargeBlock;

    private async Task StageAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        byte[] full = _buffer!;
        int count = _filled;
        _buffer = null;
        _filled = 0;
        string id = _ids.For(_blocks.Count);
        _blocks.Add(id);
        _running.RemoveAll(task => task.IsCompletedSuccessfully);
        _running.Add(Task.Run(() => SendAsync(id, full, count), CancellationToken.None));
    }

    private async Task SendAsync(string id, byte[] block, int count)
    {
        byte[]? owned = block;
        try
        {
            // Seekable, so that the SDK can send it again after a failure.
            using var content = new MemoryStream(block, 0, count, writable: false);
            await BlobErrorTranslator.RunAsync(target, clock, _stop.Token, () => blob.StageBlockAsync(id, content, cancellationToken: _stop.Token)).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            _failure ??= problem;
        }
        finally
        {
            Return(ref owned);
            _slots.Release();
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
