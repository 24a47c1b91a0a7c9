namespace SafeDb.PostgreSql.Schema;

/// <summary>How the schema is read.</summary>
public sealed record SchemaReadOptions
{
    /// <summary>
    /// Whether definitions hold the passwords of user mappings, servers and subscriptions. A backup needs them, and its archive is sealed; whatever is shown, compared or
    /// written beside it must not have them: there eight asterisks stand in their place.
    /// </summary>
    public bool IncludeSecrets { get; init; }

    /// <summary>Whether sizes of tables are read: that asks the file system once per table.</summary>
    public bool IncludeSizes { get; init; } = true;
}
