using SafeDb.Errors;

namespace SafeDb.PostgreSql;

/// <summary>Errors of reading a PostgreSQL database for a backup.</summary>
public static class PostgreSqlBackupErrors
{
    /// <summary>Something between SafeDb and the server changes backends under one connection.</summary>
    public static readonly ErrorDefinition PoolerDetected = new(
        "PostgreSql.PoolerDetected", ErrorKind.Unsupported, "A connection pooler in front of the server breaks what a session holds (snapshot, settings, locks): {0}",
        "Give the address of the server itself or of a pool in session mode (for hosted databases: the direct, unpooled address).");

    /// <summary>The snapshot ended before everything was read.</summary>
    public static readonly ErrorDefinition SnapshotLost = new(
        "PostgreSql.SnapshotLost", ErrorKind.Connection, "The snapshot did not hold to the end: {0}", "Start the backup again; what was written so far is not a backup.", IsTransient: true);

    /// <summary>Filters that match nothing.</summary>
    public static readonly ErrorDefinition NothingMatches = new(
        "PostgreSql.NothingMatches", ErrorKind.NotFound, "No {0} matches the filter {1}.", "Check the spelling: patterns take * and ?, and names are case-sensitive.");

    /// <summary>A row that the server cannot give out as text.</summary>
    public static readonly ErrorDefinition RowTooLarge = new(
        "PostgreSql.RowTooLarge", ErrorKind.Unsupported, "A row of {0} is larger than 1 GB as text, more than the server can give out: {1}",
        "Split the value (large objects hold such values), or leave the table out with -ExcludeTable.");
}
