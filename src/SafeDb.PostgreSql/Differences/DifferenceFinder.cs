using Npgsql;

using SafeDb.Archive;
using SafeDb.PostgreSql.Backup;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Copy;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Differences;

/// <summary>
/// Names the rows of a table that differ between archive and copy, in two passes over both: the first finds the buckets that differ, the second compares the few rows in them.
/// Memory does not grow with the table.
/// </summary>
internal sealed class DifferenceFinder(ServerConnections copy, ManifestTable table, IArchivedData archive, int limit)
{
    private const long MostRowsKept = 200_000;
    private const long MostBytesKept = 64L << 20;
    private readonly RowKey _key = new(table);

    /// <summary>Finds at most as many differences as asked for.</summary>
    public async Task<IReadOnlyList<RowDifference>> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            var buckets = new RowBuckets();
            await ArchivedRowsAsync(line => buckets.Take(_key.BytesOf(line), line.Span, archived: true), cancellationToken).ConfigureAwait(false);
            await CopiedRowsAsync(line => buckets.Take(_key.BytesOf(line), line.Span, archived: false), cancellationToken).ConfigureAwait(false);
            HashSet<int> differing = buckets.Differing(MostRowsKept);
            return differing.Count == 0 ? [] : await CompareAsync(differing, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<RowDifference>> CompareAsync(HashSet<int> buckets, CancellationToken cancellationToken)
    {
        var archived = new KeptRows(_key, buckets, MostBytesKept);
        await ArchivedRowsAsync(archived.Keep, cancellationToken).ConfigureAwait(false);
        var extra = new List<byte[]>();
        await CopiedRowsAsync(line => archived.Match(line, extra, limit), cancellationToken).ConfigureAwait(false);
        return archived.Differences(table.Name, extra, limit);
    }

    private async Task ArchivedRowsAsync(Action<ReadOnlyMemory<byte>> row, CancellationToken cancellationToken)
    {
        using var lines = new LineSink(row);
        foreach (ManifestPart part in archive.Manifest.Parts.Where(part => part.Kind == PartKind.Rows && part.Target == table.Name))
        {
            Stream plain = await archive.OpenPartAsync(part, cancellationToken).ConfigureAwait(false);
            await using var plainScope = plain.ConfigureAwait(false);
            await plain.CopyToAsync(lines, 1 << 20, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task CopiedRowsAsync(Action<ReadOnlyMemory<byte>> row, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await copy.OpenAsync(ConnectionUse.Rows, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        string settings = await SessionSettings.ReadingAsync(connection, cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync(settings, cancellationToken).ConfigureAwait(false);
        using var lines = new LineSink(row);
        foreach (string sql in await StatementsAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            await CopyOut.ReadAsync(connection, sql, lines, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> StatementsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (table.Name != SourceTable.LargeObjects)
        {
            return [SourceTables.Of(table).CopyAll()];
        }

        SourceTable? objects = await LargeObjectRows.DescribeAsync(connection, null, cancellationToken).ConfigureAwait(false);
        return objects is null
            ? []
            : [.. (await LargeObjectRows.UnitsAsync(connection, objects, cancellationToken).ConfigureAwait(false)).Select(unit => ((TableSlice)unit.State!).Sql)];
    }
}
