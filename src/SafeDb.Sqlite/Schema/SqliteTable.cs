using SafeDb.Schema;

namespace SafeDb.Sqlite.Schema;

/// <summary>What reading and comparing a table's rows needs to know.</summary>
/// <param name="Name">Its name, unquoted.</param>
/// <param name="Columns">Columns with stored values, in order: no generated and no hidden ones.</param>
/// <param name="PrimaryKey">Columns of the declared primary key, in its order.</param>
/// <param name="RowIdName">A name under which the row id can be read, or null when there is none or every name is taken by a column.</param>
/// <param name="Module">The virtual table's module in lower case, or null.</param>
internal sealed record SqliteTable(string Name, IReadOnlyList<string> Columns, IReadOnlyList<string> PrimaryKey, string? RowIdName, string? Module)
{
    /// <summary>Identity in schema and manifest.</summary>
    public string Identity => SqliteNames.Identity(Name);

    /// <summary>What is read of each row, in order.</summary>
    public IReadOnlyList<string> RowParts => RowIdName is null ? Columns : [RowIdName, .. Columns];

    /// <summary>The columns that name a row.</summary>
    public IReadOnlyList<string> MatchColumns => RowIdName is null ? PrimaryKey : [RowIdName];

    /// <summary>The query that reads every row.</summary>
    public string SelectAll => $"SELECT {string.Join(", ", RowParts.Select(SqliteNames.Quote))} FROM main.{SqliteNames.Quote(Name)}";
}

/// <summary>A schema, with what belongs to the rows of its tables.</summary>
internal sealed record SqliteCatalogue(DatabaseSchema Schema, IReadOnlyList<SqliteTable> Tables);
