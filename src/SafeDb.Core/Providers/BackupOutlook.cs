using System.Globalization;

using SafeDb.Archive;

namespace SafeDb.Providers;

/// <summary>What a backup would take, before anything is written.</summary>
/// <param name="Tables">Every table, with why its rows would be left out.</param>
/// <param name="Coverage">Whether it would be all.</param>
/// <param name="EstimatedBytes">Size of the rows by the engine's own figures, before compression; null when only a copy would tell.</param>
public sealed record BackupOutlook(IReadOnlyList<ManifestTable> Tables, Coverage Coverage, long? EstimatedBytes)
{
    /// <inheritdoc/>
    public override string ToString()
    {
        ManifestTable[] taken = [.. Tables.Where(table => table.RowsOmitted is null)];
        int tables = taken.Count(table => LargeObjects.IsTable(table.Name));
        int omitted = Tables.Count(table => table.RowsOmitted is not null && LargeObjects.IsTable(table.Name));
        string[] parts =
        [
            tables == 0 && omitted > 0 ? "the definitions, and no table's rows" : $"the rows of {Counted.Of(tables, "table")}",
            .. taken.Length > tables ? ["the large objects"] : Array.Empty<string>(),
            .. EstimatedBytes is { } bytes ? [string.Create(CultureInfo.InvariantCulture, $"about {bytes:N0} {Counted.Noun(bytes, "byte")} before compression")] : Array.Empty<string>(),
            .. omitted > 0 ? [$"without the rows of {Counted.Of(omitted, "table")}"] : Array.Empty<string>(),
            .. Coverage.NotCovered.Select(what => $"not covered: {what}"),
        ];
        return string.Join("; ", parts);
    }
}
