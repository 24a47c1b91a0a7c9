namespace SafeDb.PostgreSql.Backup;

/// <summary>A table as a source of rows.</summary>
/// <param name="Name">Qualified and quoted as in the schema.</param>
/// <param name="Columns">Columns whose values are copied, in order, unquoted.</param>
/// <param name="KeyColumns">Columns that name a row, or none.</param>
internal sealed record SourceTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> KeyColumns)
{
    /// <summary>Large objects, read as rows of (loid, page, data) so that they are counted and compared like every other row.</summary>
    public const string LargeObjects = Archive.LargeObjects.Table;

    /// <summary>Why its rows are not read, or null.</summary>
    public string? RowsOmitted { get; init; }

    /// <summary>Bytes of the main fork.</summary>
    public long MainBytes { get; init; }

    /// <summary>Bytes with TOAST, without indexes.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Whether rows have physical places that a range of can be read.</summary>
    public bool IsHeap { get; init; }

    /// <summary>Condition that selects the rows that belong to a dump (extension configuration), with its WHERE, or null.</summary>
    public string? Condition { get; init; }

    /// <summary>Facts for the manifest.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>COPY of all its rows.</summary>
    public string CopyAll() => Condition is null
        ? $"COPY {Name}{(Columns.Count == 0 ? "" : $" ({Identifiers.QuoteAll(Columns)})")} TO STDOUT"
        : $"COPY (SELECT {Identifiers.QuoteAll(Columns)} FROM ONLY {Name} {Condition}) TO STDOUT";

    /// <summary>COPY of the rows in a range of blocks; without an end when it is the last one.</summary>
    public string CopyBlocks(long first, long? end) =>
        $"COPY (SELECT {Identifiers.QuoteAll(Columns)} FROM ONLY {Name} WHERE ctid >= '({first},0)'::pg_catalog.tid"
        + (end is null ? "" : $" AND ctid < '({end},0)'::pg_catalog.tid") + ") TO STDOUT";
}

/// <summary>What one worker reads in one go.</summary>
/// <param name="Table">The table.</param>
/// <param name="Sql">The COPY statement.</param>
internal sealed record TableSlice(SourceTable Table, string Sql);
