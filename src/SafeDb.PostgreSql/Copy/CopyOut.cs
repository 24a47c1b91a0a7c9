using System.Threading.Channels;

using Npgsql;

using SafeDb.Providers;

namespace SafeDb.PostgreSql.Copy;

/// <summary>
/// Reads rows with <c>COPY … TO STDOUT</c> as the server's bytes, without a detour over characters. A thread of its own reads with blocking calls (the driver hands out one row
/// per call, and an asynchronous call per row costs more than the row), while the sink works on the buffer before.
/// </summary>
internal static class CopyOut
{
    private const int BufferBytes = 1 << 20;

    // A row that ends this close to the end of the buffer ends the buffer too: cheaper than carrying the beginning of the next one over.
    private const int Margin = 32 * 1024;

    /// <summary>Runs a COPY and hands whole lines to the sink. On cancellation the server stops at once and the connection is of no further use.</summary>
    public static async Task<long> ReadAsync(NpgsqlConnection connection, string sql, IPartSink sink, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var full = Channel.CreateBounded<PooledBuffer>(new BoundedChannelOptions(2) { SingleReader = true, SingleWriter = true });
        Task reading = Task.Factory.StartNew(
            () => Produce(connection, sql, full.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        long bytes = 0;
        try
        {
            await foreach (PooledBuffer buffer in full.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                using (buffer)
                {
                    await sink.WriteAsync(buffer.Memory, stop.Token).ConfigureAwait(false);
                    bytes += buffer.Length;
                }
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await EndAsync(connection, reading).ConfigureAwait(false);
            while (full.Reader.TryRead(out PooledBuffer? left))
            {
                left.Dispose();
            }
        }

        return bytes;
    }

    // The producer ends by itself at the next row. When no row comes (a slow scan, a dead network) the connection is cut under it.
    private static async Task EndAsync(NpgsqlConnection connection, Task reading)
    {
        if (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(5))).ConfigureAwait(false) != reading)
        {
            await connection.CloseAsync().ConfigureAwait(false);
        }

        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void Produce(NpgsqlConnection connection, string sql, ChannelWriter<PooledBuffer> full, CancellationToken stop)
    {
        try
        {
            using TextReader export = connection.BeginTextExport(sql);
            var rows = (NpgsqlRawCopyStream)((StreamReader)export).BaseStream;
            bool complete = false;
            try
            {
                ReadAll(rows, full, stop);
                complete = true;
            }
            finally
            {
                // Disposing an unfinished export would read the rest of the table first.
                if (!complete)
                {
                    CancelQuietly(rows);
                }
            }

            full.TryComplete();
        }
        catch (Exception exception)
        {
            // Carried to the consumer, who translates it.
            full.TryComplete(exception);
        }
    }

    private static void ReadAll(NpgsqlRawCopyStream rows, ChannelWriter<PooledBuffer> full, CancellationToken stop)
    {
        var buffer = new PooledBuffer(BufferBytes);
        try
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                int read = rows.Read(buffer.Free);
                if (read == 0)
                {
                    break;
                }

                buffer.Length += read;
                if (buffer.Free.Length < Margin && (buffer.EndsWithLine || buffer.Free.Length == 0))
                {
                    buffer = HandOver(buffer, full, stop);
                }
            }

            if (buffer.Length > 0)
            {
                Send(buffer, full, stop);
                buffer = new PooledBuffer(0);
            }
        }
        finally
        {
            buffer.Dispose();
        }
    }

    // Sends the whole lines of a buffer; the beginning of a line that is not complete goes into the next buffer, which is larger when a single row fills one.
    private static PooledBuffer HandOver(PooledBuffer buffer, ChannelWriter<PooledBuffer> full, CancellationToken stop)
    {
        int lines = buffer.Memory.Span.LastIndexOf((byte)'\n') + 1;
        if (lines == 0)
        {
            return buffer.Grow();
        }

        var next = new PooledBuffer(Math.Max(BufferBytes, 2 * (buffer.Length - lines)));
        buffer.Memory.Span[lines..].CopyTo(next.Free);
        next.Length = buffer.Length - lines;
        buffer.Length = lines;
        Send(buffer, full, stop);
        return next;
    }

    private static void Send(PooledBuffer buffer, ChannelWriter<PooledBuffer> full, CancellationToken stop)
    {
        if (!full.TryWrite(buffer))
        {
            full.WriteAsync(buffer, stop).AsTask().GetAwaiter().GetResult();
        }
    }

    private static void CancelQuietly(NpgsqlRawCopyStream rows)
    {
        try
        {
            rows.Cancel();
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException or IOException or InvalidOperationException or OperationCanceledException)
        {
            // The failure that led here is already on its way; the connection is thrown away.
        }
    }
}
