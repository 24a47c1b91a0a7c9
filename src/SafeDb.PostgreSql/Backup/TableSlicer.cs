using SafeDb.Archive;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Backup;

/// <summary>
/// Cuts tables into units of about equal size, so that one big table keeps every worker busy to the end. Slices are ranges of blocks: their number follows from the size with
/// TOAST, since a table of few blocks may hold most of the database there.
/// </summary>
internal static class TableSlicer
{
    /// <summary>Ranges of rows by place are read without scanning the whole table from this version on.</summary>
    public const int TidRangeScanVersion = 140000;

    private const long SmallestSlice = 16L << 20;
    private const long LargestSlice = 512L << 20;
    private const int SlicesPerJob = 6;

    /// <summary>The units, the largest first.</summary>
    public static IReadOnlyList<DataUnit> Units(IReadOnlyCollection<SourceTable> tables, int jobs, int serverVersion, int blockSize)
    {
        long total = tables.Sum(table => table.TotalBytes);
        long target = Math.Clamp(total / (Math.Max(1, jobs) * SlicesPerJob), SmallestSlice, LargestSlice);
        return [.. tables
            .Where(table => table.RowsOmitted is null)
            .SelectMany(table => jobs > 1 && serverVersion >= TidRangeScanVersion ? Slices(table, target, blockSize) : [Whole(table)])
            .OrderByDescending(unit => unit.EstimatedBytes)
            .ThenBy(unit => unit.Target, StringComparer.Ordinal)];
    }

    private static DataUnit Whole(SourceTable table) => new(PartKind.Rows, table.Name, table.TotalBytes, new TableSlice(table, table.CopyAll()));

    private static IEnumerable<DataUnit> Slices(SourceTable table, long target, int blockSize)
    {
        long blocks = table.MainBytes / blockSize;
        long count = Math.Min(blocks, (table.TotalBytes + target - 1) / target);
        if (count <= 1 || table.TotalBytes < target * 3 / 2 || !table.IsHeap || table.Condition is not null)
        {
            return [Whole(table)];
        }

        // The last range is open: the table may have grown since its size was read, and the snapshot hides what came later anyway.
        return Enumerable.Range(0, (int)count).Select(i => new DataUnit(
            PartKind.Rows,
            table.Name,
            table.TotalBytes / count,
            new TableSlice(table, table.CopyBlocks(blocks * i / count, i == count - 1 ? null : blocks * (i + 1) / count))));
    }
}
