namespace SafeDb.Sqlite.Sql;

/// <summary>A statement as far as risks need to know it. Offsets are in the script.</summary>
/// <param name="Kind">Its kind for reports, such as <c>CreateTable</c>.</param>
internal abstract record SqliteStatement(string Kind);

/// <summary>A name with its schema (<c>main</c>, <c>temp</c>, an attached one) or without.</summary>
internal sealed record SqliteName(string? Schema, string Name, int Start, int Length)
{
    /// <summary>What identifies the object: the name as SQLite compares it; other schemas than main keep theirs.</summary>
    public string Key => (Schema is null || Schema.Equals("main", StringComparison.OrdinalIgnoreCase) ? Name : $"{Schema}.{Name}").ToLowerInvariant();
}

internal sealed record CreateTable(SqliteName Name, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<TableConstraint> Constraints) : SqliteStatement("CreateTable")
{
    public bool IfNotExists { get; init; }

    public bool Temporary { get; init; }

    public bool AsSelect { get; init; }

    public bool Strict { get; init; }

    public bool WithoutRowid { get; init; }

    public IReadOnlyList<string> Reads { get; init; } = [];
}

/// <summary>A column's definition.</summary>
internal sealed record ColumnDefinition(string Name, string Type, int Start, int Length)
{
    public bool NotNull { get; init; }

    public bool PrimaryKey { get; init; }

    public bool AutoIncrement { get; init; }

    public bool Unique { get; init; }

    /// <summary>Text of the default's expression, parentheses included, or null.</summary>
    public string? Default { get; init; }

    /// <summary>Text of each CHECK's expression, without its parentheses.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    public ForeignKey? References { get; init; }

    /// <summary>Null, <c>VIRTUAL</c> or <c>STORED</c>.</summary>
    public string? Generated { get; init; }

    /// <summary>Words of the generated expression and the checks.</summary>
    public IReadOnlySet<string> Words { get; init; } = EmptySet;

    public static readonly IReadOnlySet<string> EmptySet = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A constraint of a table.</summary>
/// <param name="Kind">PRIMARY, UNIQUE, CHECK or FOREIGN.</param>
/// <param name="Columns">Its columns; for CHECK empty.</param>
internal sealed record TableConstraint(string Kind, IReadOnlyList<string> Columns)
{
    public ForeignKey? References { get; init; }

    /// <summary>A CHECK's expression.</summary>
    public string? Expression { get; init; }

    public IReadOnlySet<string> Words { get; init; } = ColumnDefinition.EmptySet;
}

/// <summary>A reference to a parent table.</summary>
internal sealed record ForeignKey(IReadOnlyList<string> Columns, string Parent, IReadOnlyList<string> ParentColumns, string OnDelete);

internal sealed record CreateVirtualTable(SqliteName Name, string Module) : SqliteStatement("CreateVirtualTable");

internal sealed record CreateIndex(SqliteName Name, string Table, bool Unique) : SqliteStatement("CreateIndex")
{
    public bool IfNotExists { get; init; }

    /// <summary>The indexed columns' texts in order.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    public IReadOnlySet<string> Words { get; init; } = ColumnDefinition.EmptySet;

    /// <summary>Text of a partial index's condition, or null.</summary>
    public string? Where { get; init; }
}

internal sealed record CreateView(SqliteName Name, IReadOnlyList<string> Reads) : SqliteStatement("CreateView")
{
    public IReadOnlySet<string> Words { get; init; } = ColumnDefinition.EmptySet;
}

internal sealed record CreateTrigger(SqliteName Name, string Table) : SqliteStatement("CreateTrigger")
{
    public IReadOnlySet<string> Words { get; init; } = ColumnDefinition.EmptySet;
}

/// <summary>ALTER TABLE in one of the forms that SQLite has.</summary>
internal abstract record AlterTable(SqliteName Table) : SqliteStatement("AlterTable");

internal sealed record RenameTable(SqliteName Table, string NewName) : AlterTable(Table);

internal sealed record RenameColumn(SqliteName Table, string Column, string NewName) : AlterTable(Table);

internal sealed record AddColumn(SqliteName Table, ColumnDefinition Column) : AlterTable(Table);

internal sealed record DropColumn(SqliteName Table, string Column) : AlterTable(Table);

/// <summary>ALTER TABLE in a form that only newer versions have: constraints.</summary>
internal sealed record AlterConstraint(SqliteName Table, string Form, string? Column, string? Name, string? Expression) : AlterTable(Table);

/// <summary>ALTER TABLE in a form of other engines.</summary>
internal sealed record ForeignForm(SqliteName Table, string Form, string? Column, string? NewType) : AlterTable(Table);

/// <summary>DROP of a table, index, view or trigger.</summary>
internal sealed record DropObject(string What, SqliteName Name, bool IfExists) : SqliteStatement($"Drop{What}");

internal sealed record Insert(SqliteName Table, IReadOnlyList<string>? Columns) : SqliteStatement("Insert")
{
    /// <summary>REPLACE INTO or INSERT OR REPLACE.</summary>
    public bool Replaces { get; init; }

    /// <summary>Tables that a SELECT reads.</summary>
    public IReadOnlyList<string> Reads { get; init; } = [];

    /// <summary>Whether the rows come from <c>SELECT *</c> of one table.</summary>
    public bool SelectsStar { get; init; }

    /// <summary>The selected expressions when each is one column or expression of one table, or null.</summary>
    public IReadOnlyList<string>? Selected { get; init; }

    /// <summary>Whether the SELECT leaves rows out (WHERE, LIMIT, DISTINCT, GROUP BY, JOIN).</summary>
    public bool Filters { get; init; }
}

internal sealed record Update(SqliteName Table, bool Bounded) : SqliteStatement("Update")
{
    public IReadOnlyList<string> Reads { get; init; } = [];
}

internal sealed record Delete(SqliteName Table, bool Bounded) : SqliteStatement("Delete");

internal sealed record Select(IReadOnlyList<string> Reads) : SqliteStatement("Select");

/// <summary>PRAGMA; the value is null for a question.</summary>
internal sealed record Pragma(string Name, string? Value) : SqliteStatement("Pragma");

/// <summary>BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE.</summary>
internal sealed record Transaction(string Form) : SqliteStatement(Form);

/// <summary>VACUUM, ANALYZE, REINDEX, ATTACH, DETACH, EXPLAIN.</summary>
internal sealed record Maintenance(string Form, bool Into) : SqliteStatement(Form);

/// <summary>What could not be read.</summary>
internal sealed record NotUnderstood(string Reason, int Start, int Length) : SqliteStatement("Unknown");
