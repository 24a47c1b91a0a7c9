using System.Threading.Channels;
using SafeDb.Archive.Zip;
using SafeDb.Errors;

namespace SafeDb.Archive.Writing;

/// <summary>
/// Writes finished entries one after another to the archive's stream, while others are being made. At most a fixed number of bytes waits; whoever brings more waits in line.
/// After a failure every call throws the first error.
/// </summary>
internal sealed class EntryOutput : IAsyncDisposable
{
    private readonly Stream _stream;
    private readonly uint _dosTime;
    private readonly long _budget;
    private readonly Channel<EntryBuffer> _queue = Channel.CreateUnbounded<EntryBuffer>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SemaphoreSlim _line = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<ZipEntry> _entries = [];
    private readonly object _gate = new();
    private readonly Task _writing;
    private TaskCompletionSource _changed = NewSignal();
    private long _waiting;
    private Exception? _failure;

    internal EntryOutput(Stream stream, uint dosTime, long budget)
    {
        _stream = stream;
        _dosTime = dosTime;
        _budget = budget;
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>Bytes written so far.</summary>
    internal long Position { get; private set; }

    /// <summary>Takes over an entry, as soon as there is room for it.</summary>
    internal async ValueTask EnqueueAsync(EntryBuffer entry, CancellationToken cancellationToken)
    {
        bool queued = false;
        try
        {
            await _line.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                await WaitForRoomAsync(entry.Length, cancellationToken).ConfigureAwait(false);
                queued = _queue.Writer.TryWrite(entry);
                if (!queued) throw ArchiveErrors.WriteFailed.Exception("it was already closed");
            }
            finally
            {
                _line.Release();
            }
        }
        finally
        {
            if (!queued) entry.Dispose();
        }
    }

    /// <summary>Waits until everything is written, and returns the entries in their order.</summary>
    internal async Task<IReadOnlyList<ZipEntry>> CompleteAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate) ThrowIfFailed();
        return _entries;
    }

    /// <summary>Writes bytes after the last entry. Only after <see cref="CompleteAsync"/>.</summary>
    internal async Task WriteTailAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or NotSupportedException)
        {
            throw ArchiveErrors.OutputFailed.Caused(failure, failure.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stop.CancelAsync().ConfigureAwait(false);
        await _writing.ConfigureAwait(false);
        _stop.Dispose();
        _line.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task WaitForRoomAsync(long length, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                ThrowIfFailed();
                if (_waiting == 0 || _waiting + length <= _budget)
                {
                    _waiting += length;
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs until the queue ends. Never throws: a failure is kept for the callers, and the rest of the queue is thrown away.</summary>
    private async Task WriteAllAsync()
    {
        await foreach (EntryBuffer entry in _queue.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            using (entry)
            {
                Exception? failure = _failure;
                if (failure is null)
                {
                    try
                    {
                        await WriteEntryAsync(entry).ConfigureAwait(false);
                    }
                    catch (Exception thrown)
                    {
                        failure = thrown is SafeDbException or OperationCanceledException ? thrown : ArchiveErrors.OutputFailed.Caused(thrown, thrown.Message);
                    }
                }

                Release(entry.Length, failure);
            }
        }
    }

    private void Release(long length, Exception? failure)
    {
        lock (_gate)
        {
            _failure ??= failure;
            _waiting -= length;
            TaskCompletionSource changed = _changed;
            _changed = NewSignal();
            changed.SetResult();
        }
    }

    private async Task WriteEntryAsync(EntryBuffer buffer)
    {
        if (buffer.Length > ZipLayout.MaxEntrySize) throw ArchiveErrors.WriteFailed.Exception($"'{buffer.Name}' is larger than an entry can be");
        var entry = new ZipEntry(buffer.Name, Position, (uint)buffer.Length, buffer.Crc);
        await WriteAsync(ZipLayout.LocalHeader(entry, _dosTime), _stop.Token).ConfigureAwait(false);
        foreach ((byte[] bytes, int length) in buffer.Chunks) await WriteAsync(bytes.AsMemory(0, length), _stop.Token).ConfigureAwait(false);
        _entries.Add(entry);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        Position += bytes.Length;
    }

    private void ThrowIfFailed()
    {
        if (_failure is SafeDbException known) throw new SafeDbException(known.Error, known);
        if (_failure is not null) throw ArchiveErrors.WriteFailed.Caused(_failure, "writing was stopped");
    }
}
