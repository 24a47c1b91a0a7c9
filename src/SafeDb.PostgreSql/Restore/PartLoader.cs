using System.Buffers;
using System.Collections.Concurrent;

using Npgsql;

using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.PostgreSql.Backup;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Loads parts or whole tables with <c>COPY … FROM STDIN</c>, each in a transaction of its own, on as many connections as there are callers.</summary>
internal sealed class PartLoader(ServerConnections copy, ArchiveManifest manifest, int maintenanceMegabytes) : IAsyncDisposable
{
    private const int BufferBytes = 1 << 20;
    private readonly ConcurrentBag<NpgsqlConnection> _idle = [];
    private readonly Dictionary<string, ManifestTable> _tables = manifest.Tables.ToDictionary(table => table.Name, StringComparer.Ordinal);
    private readonly HashSet<string> _own = [.. manifest.SchemaObjects.Where(item => item.Kind == "table").Select(item => item.Identity)];
    private readonly SemaphoreSlim _largeObjects = new(1);

    /// <summary>Loads one part, or the rows of all parts of a table in one go.</summary>
    public async Task LoadAsync(ManifestPart part, bool wholeTable, Stream plain, CancellationToken cancellationToken)
    {
        if (part.Kind != PartKind.Rows || !_tables.TryGetValue(part.Target, out ManifestTable? table))
        {
            throw PostgreSqlRestoreErrors.UnknownTarget.Exception(part.Target);
        }

        NpgsqlConnection connection = _idle.TryTake(out NpgsqlConnection? idle) ? idle : await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (table.Name == SourceTable.LargeObjects)
            {
                await LoadLargeObjectsAsync(connection, plain, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                string columns = table.Columns.Count == 0 ? "" : $" ({Identifiers.QuoteAll(table.Columns)})";
                await LoadRowsAsync(connection, $"COPY {table.Name}{columns} FROM STDIN", wholeTable && _own.Contains(table.Name) ? table.Name : null, plain, cancellationToken).ConfigureAwait(false);
            }

            _idle.Add(connection);
        }
        catch (Exception exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw Explain(exception, table.Name, cancellationToken);
        }
    }

    /// <summary>Closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out NpgsqlConnection? connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        _largeObjects.Dispose();
    }

    private static Exception Explain(Exception exception, string table, CancellationToken cancellationToken) =>
        ErrorTranslator.Translate(exception, null, cancellationToken) switch
        {
            // What the server says of the rows; failures of the connection, the disk or the archive keep their own ids.
            SafeDbException { Error: { EngineCode: { } code } error } server when error.Kind is ErrorKind.Conflict or ErrorKind.InvalidInput or ErrorKind.InvalidContent or ErrorKind.NotFound or ErrorKind.Syntax =>
                new SafeDbException(PostgreSqlRestoreErrors.RowsFailed.Error(table, error.Message) with { EngineCode = code, Target = table }, server),
            var other => other,
        };

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await copy.OpenAsync(ConnectionUse.Rows, cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync(await SessionSettings.LoadingAsync(connection, maintenanceMegabytes, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Emptied in the same transaction, a table takes its rows as frozen ones: whoever reads them next does not have to find out whether their transaction committed and to write that down on
    // every page, VACUUM has nothing left to do, indexes alone can answer, and a server whose wal_level is minimal leaves them out of its log. A table that an extension made may hold rows of the extension's.
    private static async Task LoadRowsAsync(NpgsqlConnection connection, string copy, string? emptied, Stream plain, CancellationToken cancellationToken)
    {
        if (emptied is null)
        {
            await CopyAsync(connection, copy, plain, cancellationToken).ConfigureAwait(false);
            return;
        }

        await connection.ExecuteAsync($"BEGIN; TRUNCATE ONLY {emptied}", cancellationToken).ConfigureAwait(false);
        await CopyAsync(connection, copy + " WITH (FREEZE)", plain, cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string sql, Stream plain, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        TextWriter import = await connection.BeginTextImportAsync(sql, cancellationToken).ConfigureAwait(false);
        var rows = (NpgsqlRawCopyStream)((StreamWriter)import).BaseStream;
        bool complete = false;
        try
        {
            for (int read; (read = await plain.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                await rows.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }

            complete = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (!complete)
            {
                // Disposing an import commits what was sent so far.
                await CancelQuietlyAsync(rows).ConfigureAwait(false);
            }
        }

        // Not the writer, which holds nothing else: its way of disposing waits for the server with a blocking call, in a thread of the pool.
        await rows.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task CancelQuietlyAsync(NpgsqlRawCopyStream rows)
    {
        try
        {
            await rows.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The failure that led here is already on its way; the connection is thrown away.
        }
    }

    // The pages of one object may lie in two parts, so objects are made by whoever comes first, one part at a time.
    private async Task LoadLargeObjectsAsync(NpgsqlConnection connection, Stream plain, CancellationToken cancellationToken)
    {
        await _largeObjects.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync("BEGIN; CREATE TEMPORARY TABLE safedb_pages (loid oid, page int8, data bytea) ON COMMIT DROP", cancellationToken).ConfigureAwait(false);
            await CopyAsync(connection, "COPY pg_temp.safedb_pages FROM STDIN", plain, cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync(
                """
                SELECT pg_catalog.lo_create(loid) FROM (SELECT DISTINCT loid FROM pg_temp.safedb_pages) p
                WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid = p.loid)
                """,
                cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync(
                $"SELECT pg_catalog.lo_put(loid, page * {LargeObjectRows.PageBytes}, data) FROM pg_temp.safedb_pages ORDER BY loid, page; COMMIT", cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _largeObjects.Release();
        }
    }
}
