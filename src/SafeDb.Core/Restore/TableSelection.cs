using SafeDb.Archive;

namespace SafeDb.Restore;

/// <summary>Finds the tables that patterns mean.</summary>
internal static class TableSelection
{
    private const int NamesShown = 10;

    /// <summary>
    /// The names of the tables that match, or null when there are no patterns: all. A partitioned table stands for its partitions. Fails when a pattern matches nothing, or nothing whose rows the archive holds.
    /// </summary>
    public static IReadOnlySet<string>? Select(ArchiveManifest manifest, IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0)
        {
            return null;
        }

        var partitions = new PartitionTree(manifest.SchemaObjects);
        var selected = new HashSet<string>(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            ManifestTable[] found = [.. manifest.Tables.Where(table => partitions.LineOf(table.Name).Any(candidate => TablePattern.Matches(pattern, candidate, manifest.Source.Engine)))];
            if (found.Length == 0)
            {
                throw RestoreErrors.NoSuchTable.Exception(pattern, Known(manifest, partitions, pattern));
            }

            if (found.All(table => table.RowsOmitted is not null))
            {
                throw RestoreErrors.RowsNotInArchive.Exception(pattern, found[0].RowsOmitted);
            }

            selected.UnionWith(found.Select(table => table.Name));
        }

        return selected;
    }

    /// <summary>Names of selected tables for a person: a partitioned table whose partitions are all selected instead of these.</summary>
    public static IReadOnlyList<string> Names(ArchiveManifest manifest, IReadOnlySet<string> selected)
    {
        var partitions = new PartitionTree(manifest.SchemaObjects);
        return [.. selected.Select(table => partitions.LineOf(table).Last(name => partitions.HoldersOf(name).All(selected.Contains))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    // The tables that were probably meant come first; a partitioned table, which stands for all its partitions, before any of these.
    private static string Known(ArchiveManifest manifest, PartitionTree partitions, string pattern)
    {
        string[] tables = [.. manifest.Tables.Select(table => table.Name)];
        string[] tops = [.. tables.Select(table => partitions.LineOf(table).Last()).Distinct(StringComparer.Ordinal)];
        string[] parts = [.. tables.SelectMany(partitions.LineOf).Distinct(StringComparer.Ordinal).Except(tops, StringComparer.Ordinal)];
        bool qualified = pattern.Contains('.', StringComparison.Ordinal);
        string Compared(string name) => qualified ? name : QualifiedName.Split(name).Name;
        string[] known = [.. Similar.Ranked(pattern, tops, Compared), .. Similar.Ranked(pattern, parts, Compared)];
        return known.Length == 0 ? "no tables" : Counted.First(known, NamesShown, "table");
    }
}
