namespace SafeDb.Archive;

/// <summary>
/// How an archive holds large objects, which belong to no table: as rows of one stand-in table, whose owners and privileges are state. For people they are neither a table nor rows.
/// </summary>
public static class LargeObjects
{
    /// <summary>The manifest's name of the table that stands for them.</summary>
    public const string Table = "pg_catalog.pg_largeobject";

    /// <summary>What names of state begin with, one for each large object.</summary>
    public const string State = "large object ";

    /// <summary>Whether an archive's table is one of the user's, and not the stand-in.</summary>
    public static bool IsTable(string name) => name != Table;

    /// <summary>How many there are in an archive; null for none.</summary>
    public static long? Count(ArchiveManifest manifest) => manifest.State.Keys.LongCount(name => name.StartsWith(State, StringComparison.Ordinal)) is > 0 and var count ? count : null;
}
