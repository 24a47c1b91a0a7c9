using SafeDb.Archive;

namespace SafeDb.Restore;

/// <summary>What one worker loads in one go.</summary>
/// <param name="Parts">One part, or all parts of a table in their order.</param>
/// <param name="WholeTable">Whether these are all rows of the table.</param>
internal sealed record LoadUnit(IReadOnlyList<ManifestPart> Parts, bool WholeTable)
{
    /// <summary>Plain bytes in all.</summary>
    public long Bytes { get; } = Parts.Sum(part => part.PlainBytes);
}

/// <summary>
/// Decides what is loaded in one go. An engine loads a whole table better than its pieces (PostgreSQL then writes rows as frozen), but only one worker can; so a table that holds more
/// than one worker's fair share is left in pieces, that the others help with.
/// </summary>
internal static class LoadUnits
{
    /// <summary>The units, the largest first.</summary>
    public static IReadOnlyList<LoadUnit> Of(IReadOnlyList<ManifestPart> parts, int jobs)
    {
        long share = parts.Sum(part => part.PlainBytes) / Math.Max(1, jobs);
        return [.. parts
            .GroupBy(part => (part.Kind, part.Target))
            .SelectMany(group => Units(new LoadUnit([.. group.OrderBy(part => part.Number)], group.Key.Kind == PartKind.Rows), jobs == 1 ? long.MaxValue : share))
            .OrderByDescending(unit => unit.Bytes)];
    }

    private static IEnumerable<LoadUnit> Units(LoadUnit whole, long share) =>
        whole.WholeTable && (whole.Bytes <= share || whole.Parts.Count == 1) ? [whole] : whole.Parts.Select(part => new LoadUnit([part], WholeTable: false));
}
