namespace SafeDb.PostgreSql.Sql.Statements;

/// <summary>A statement, read as far as its effect on relations and rows needs.</summary>
/// <param name="Kind">What it is, in the words of the report: <c>AlterTable</c>, <c>CreateIndex</c>, <c>Unknown</c>.</param>
internal abstract record PgStatement(string Kind);

/// <summary>A statement that could not be read.</summary>
/// <param name="Reason">Why, for a person.</param>
internal sealed record UnknownStatement(string Reason) : PgStatement("Unknown");

/// <summary>A statement that is known and touches no relation's rows or locks (roles, casts, text search and the like).</summary>
/// <param name="Name">Its kind.</param>
/// <param name="ChangesSchema">Whether it changes the schema.</param>
internal sealed record PlainStatement(string Name, bool ChangesSchema) : PgStatement(Name)
{
    /// <summary>Whether the server refuses it inside a transaction.</summary>
    public bool OutsideTransactionOnly { get; init; }
}

/// <summary>An expression: its text, the functions it calls and the names it mentions.</summary>
/// <param name="Text">As written.</param>
/// <param name="Calls">Functions called, lower case, qualified when written so.</param>
/// <param name="Names">Names that are not calls: columns, tables, types, keywords that can be names.</param>
internal sealed record PgExpression(string Text, IReadOnlyList<PgName> Calls, IReadOnlyList<string> Names)
{
    /// <summary>Whether it contains a subquery.</summary>
    public bool HasQuery { get; init; }

    /// <summary>Whether it is the word NULL, or NULL cast to a type.</summary>
    public bool IsNull => Text.Equals("null", StringComparison.OrdinalIgnoreCase) || Text.StartsWith("null::", StringComparison.OrdinalIgnoreCase);
}

/// <summary>BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their like.</summary>
/// <param name="Action">Which.</param>
internal sealed record TransactionStatement(TransactionAction Action) : PgStatement(Action.ToString())
{
    /// <summary>AND CHAIN: the next transaction begins at once.</summary>
    public bool Chained { get; init; }
}

/// <summary>What a transaction statement does.</summary>
internal enum TransactionAction
{
    /// <summary>Opens one.</summary>
    Begin,

    /// <summary>Makes it last.</summary>
    Commit,

    /// <summary>Takes it back.</summary>
    Rollback,

    /// <summary>Marks, releases or returns to a place in it.</summary>
    Savepoint,
}

/// <summary>SET or RESET of a setting.</summary>
/// <param name="Setting">Lower-case name; <c>timezone</c> for SET TIME ZONE.</param>
/// <param name="Value">The value without quotes, or null for RESET and DEFAULT.</param>
/// <param name="Local">Whether only until the end of the transaction.</param>
internal sealed record SetStatement(string Setting, string? Value, bool Local) : PgStatement("Set")
{
    /// <summary>How long a timeout is, or null when its value is not one that the server reads.</summary>
    public TimeSpan? Duration => PgDuration.Parse(Value);

    /// <summary>The value of a timeout that limits, or null: 0 in any unit, the default and a reset are no limit.</summary>
    public string? Limit => string.IsNullOrWhiteSpace(Value) || Duration <= TimeSpan.Zero ? null : Value;
}

/// <summary>A query or change of rows: SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE.</summary>
/// <param name="Verb">SELECT, INSERT, UPDATE, DELETE, MERGE.</param>
/// <param name="Target">The table that is changed, or null.</param>
internal sealed record QueryStatement(string Verb, PgName? Target) : PgStatement(Verb)
{
    /// <summary>Tables read, common table expressions left out.</summary>
    public IReadOnlyList<PgName> Reads { get; init; } = [];

    /// <summary>Tables changed by data-modifying WITH queries: verb and table.</summary>
    public IReadOnlyList<(string Verb, PgName Table, bool HasWhere)> NestedChanges { get; init; } = [];

    /// <summary>Whether a WHERE bounds the rows of an UPDATE or DELETE.</summary>
    public bool HasWhere { get; init; }

    /// <summary>Whether rows are locked (FOR UPDATE, FOR SHARE, …).</summary>
    public bool LocksRows { get; init; }

    /// <summary>The tables of FOR UPDATE OF; empty when all are locked.</summary>
    public IReadOnlyList<PgName> LockedTables { get; init; } = [];

    /// <summary>Functions called.</summary>
    public IReadOnlyList<PgName> Calls { get; init; } = [];

    /// <summary>String literals (without quotes), for the check of enum values used too early.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>Settings that it makes by set_config with literals.</summary>
    public IReadOnlyList<SetStatement> Settings { get; init; } = [];

    /// <summary>Whether it selects into a new table.</summary>
    public PgName? Into { get; init; }

    /// <summary>Name of the prepared query behind CREATE TABLE AS EXECUTE, or null.</summary>
    public string? Prepared { get; init; }

    /// <summary>Whether it only gives literal rows (INSERT … VALUES).</summary>
    public bool LiteralRows { get; init; }
}

/// <summary>COPY of a table.</summary>
/// <param name="Table">The table, or null for a query.</param>
/// <param name="From">Whether rows are read into it.</param>
internal sealed record CopyStatement(PgName? Table, bool From) : PgStatement("Copy")
{
    /// <summary>The query of COPY (…) TO.</summary>
    public QueryStatement? Query { get; init; }
}

/// <summary>LOCK TABLE.</summary>
internal sealed record LockStatement(IReadOnlyList<PgName> Tables, string Mode) : PgStatement("Lock");

/// <summary>TRUNCATE.</summary>
internal sealed record TruncateStatement(IReadOnlyList<PgName> Tables, bool Cascade, bool RestartIdentity) : PgStatement("Truncate");

/// <summary>VACUUM or ANALYZE.</summary>
internal sealed record VacuumStatement(IReadOnlyList<PgName> Tables, bool Full, bool AnalyzeOnly) : PgStatement(AnalyzeOnly ? "Analyze" : "Vacuum");

/// <summary>CLUSTER.</summary>
internal sealed record ClusterStatement(PgName? Table, string? Index) : PgStatement("Cluster");

/// <summary>REINDEX.</summary>
/// <param name="Target">INDEX, TABLE, SCHEMA, DATABASE, SYSTEM.</param>
/// <param name="Name">Its name, when one was written.</param>
/// <param name="Concurrently">Whether concurrently.</param>
internal sealed record ReindexStatement(string Target, PgName? Name, bool Concurrently) : PgStatement("Reindex");

/// <summary>REFRESH MATERIALIZED VIEW.</summary>
internal sealed record RefreshStatement(PgName View, bool Concurrently) : PgStatement("RefreshMaterializedView")
{
    /// <summary>WITH NO DATA: the view is emptied.</summary>
    public bool NoData { get; init; }
}

/// <summary>A DO block or CALL, or EXECUTE of a prepared statement.</summary>
/// <param name="Kind">Do, Call, Execute.</param>
/// <param name="Body">The body's text, when there is one.</param>
/// <param name="BodyStart">Offset of the body in the script, or -1.</param>
/// <param name="Language">Language, in lower case.</param>
internal sealed record CodeStatement(string Kind, string? Body, int BodyStart, string Language) : PgStatement(Kind)
{
    /// <summary>The procedure of CALL, or the name of EXECUTE.</summary>
    public PgName? Called { get; init; }
}

/// <summary>GRANT or REVOKE, or ALTER DEFAULT PRIVILEGES.</summary>
/// <param name="Revoke">Whether it takes away.</param>
/// <param name="Privileges">The privileges' words as written.</param>
/// <param name="ToPublic">Whether PUBLIC is named.</param>
internal sealed record GrantStatement(bool Revoke, string Privileges, bool ToPublic) : PgStatement(Revoke ? "Revoke" : "Grant");

/// <summary>COMMENT ON.</summary>
/// <param name="ObjectKind">TABLE, COLUMN, ….</param>
/// <param name="Table">The relation that is locked, or null.</param>
internal sealed record CommentStatement(string ObjectKind, PgName? Table) : PgStatement("Comment");
