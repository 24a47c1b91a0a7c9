using System.Collections.Concurrent;

using Microsoft.Data.Sqlite;

using SafeDb.Fingerprints;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

using SQLitePCL;

namespace SafeDb.Sqlite.Content;

/// <summary>Computes the row fingerprints of tables, several at the same time, each on a connection of its own.</summary>
internal static class TableDigests
{
    private const int RowsBetweenChecks = 4096;

    public static async Task<IReadOnlyDictionary<string, RowFingerprint>> ComputeAsync(
        Func<SqliteConnection> open, IReadOnlyList<SqliteTable> tables, string algorithm, int jobs, CancellationToken cancellationToken)
    {
        var results = new ConcurrentDictionary<string, RowFingerprint>(StringComparer.Ordinal);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, jobs), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(tables, options, (table, token) =>
        {
            using SqliteConnection connection = open();
            results[table.Identity] = Compute(connection, table, algorithm, token);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);
        return results;
    }

    public static RowFingerprint Compute(SqliteConnection connection, SqliteTable table, string algorithm, CancellationToken cancellationToken)
    {
        var digest = RowDigest.Create(algorithm);
        var encoder = new RowEncoder();
        sqlite3 handle = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(handle, table.SelectAll, out sqlite3_stmt statement), handle, connection, table);
        using (statement)
        {
            nint pointer = statement.DangerousGetHandle();
            int columns = table.RowParts.Count;
            int result;
            while ((result = SqliteApi.Step(pointer)) == raw.SQLITE_ROW)
            {
                digest.Add(encoder.Encode(pointer, columns));
                if (digest.Rows % RowsBetweenChecks == 0) cancellationToken.ThrowIfCancellationRequested();
            }

            if (result != raw.SQLITE_DONE) Check(result, handle, connection, table);
        }

        return digest.ToFingerprint();
    }

    private static void Check(int result, sqlite3 handle, SqliteConnection connection, SqliteTable table)
    {
        if (result == raw.SQLITE_OK) return;
        string message = $"table {table.Identity}: {raw.sqlite3_errmsg(handle).utf8_to_string()}";
        throw SqliteFailure.From(result, raw.sqlite3_extended_errcode(handle), message, connection.DataSource);
    }
}
