using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.State;

/// <summary>A table as far as it is known.</summary>
/// <param name="Name">Its name as written where it was created.</param>
/// <param name="Definition">Its definition; offsets are in <paramref name="Sql"/>.</param>
/// <param name="Sql">The statement that creates it as it is now, or null when that cannot be written any more.</param>
/// <param name="IsNew">Whether this run creates it, so that it is empty.</param>
internal sealed record SqliteTable(string Name, CreateTable Definition, string? Sql, bool IsNew)
{
    public bool IsVirtual { get; init; }

    /// <summary>Whether the columns are known (not for CREATE TABLE AS and virtual tables).</summary>
    public bool ColumnsKnown => !IsVirtual && !Definition.AsSelect && Definition.Columns.Count > 0;

    public bool AutoIncrement => Definition.Columns.Any(column => column.AutoIncrement);

    public ColumnDefinition? Column(string name) => Definition.Columns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The primary key's columns in order, in lower case.</summary>
    public IReadOnlyList<string> PrimaryKey => Definition.Constraints.FirstOrDefault(constraint => constraint.Kind == "PRIMARY") is { } key
        ? [.. key.Columns.Select(name => name.ToLowerInvariant())]
        : [.. Definition.Columns.Where(column => column.PrimaryKey).Select(column => column.Name.ToLowerInvariant())];

    public IEnumerable<ForeignKey> ForeignKeys => Definition.Columns.Select(column => column.References)
        .Concat(Definition.Constraints.Select(constraint => constraint.References)).OfType<ForeignKey>();

    /// <summary>The columns that hold values of their own.</summary>
    public IReadOnlyList<ColumnDefinition> StoredColumns => [.. Definition.Columns.Where(column => column.Generated is null)];
}

/// <summary>An index, trigger or view as far as it is known.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Table">Key of the table it belongs to; empty for a view.</param>
/// <param name="Sql">The statement that creates it.</param>
/// <param name="Statement">The same, read.</param>
internal sealed record SqliteDependent(string Name, string Table, string Sql, SqliteStatement Statement);
