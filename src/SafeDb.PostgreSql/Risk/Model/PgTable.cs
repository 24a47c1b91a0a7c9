using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>What is known of a relation: from earlier statements, from the catalogue, or only that it was mentioned.</summary>
internal sealed class PgTable(string key, PgName name)
{
    /// <summary>Qualified, quoted name.</summary>
    public string Key { get; set; } = key;

    /// <summary>Name with its schema.</summary>
    public PgName Name { get; set; } = name;

    /// <summary><c>table</c>, <c>partitioned table</c>, <c>view</c>, <c>materialized view</c>, <c>foreign table</c>, <c>sequence</c>; null when unknown.</summary>
    public string? Kind { get; set; }

    /// <summary>Whether a pending migration created it: nobody else uses it yet.</summary>
    public bool IsNew { get; set; }

    /// <summary>Whether rows were put in since.</summary>
    public bool IsFilled { get; set; }

    /// <summary>Whether its definition is known in full (created in view, or read from the catalogue).</summary>
    public bool IsKnown { get; set; }

    /// <summary>Columns in order.</summary>
    public List<PgColumn> Columns { get; } = [];

    /// <summary>Constraints.</summary>
    public List<PgConstraint> Constraints { get; } = [];

    /// <summary>Indexes, those of constraints included.</summary>
    public List<PgIndex> Indexes { get; } = [];

    /// <summary>Keys of partitions and children.</summary>
    public List<string> Children { get; } = [];

    /// <summary>Key of the partitioned parent.</summary>
    public string? Parent { get; set; }

    /// <summary>Key of the DEFAULT partition.</summary>
    public string? DefaultPartition { get; set; }

    /// <summary>RANGE, LIST or HASH.</summary>
    public string? PartitionStrategy { get; set; }

    /// <summary>Names in the partition key.</summary>
    public IReadOnlyList<string> PartitionColumns { get; set; } = [];

    /// <summary>Keys of tables whose foreign keys refer to this one.</summary>
    public HashSet<string> ReferencedBy { get; } = new(StringComparer.Ordinal);

    /// <summary>Objects that depend on it, by the catalogue.</summary>
    public IReadOnlyList<string> Dependents { get; set; } = [];

    /// <summary>For views: keys of the relations read.</summary>
    public IReadOnlyList<string> Reads { get; set; } = [];

    /// <summary>For views: names mentioned.</summary>
    public IReadOnlyList<string> Mentions { get; set; } = [];

    /// <summary>Tablespace and access method, null for the usual ones.</summary>
    public string? Tablespace { get; set; }

    /// <summary>Access method, null for the usual one.</summary>
    public string? AccessMethod { get; set; }

    /// <summary>Key of the composite type that gives the columns.</summary>
    public string? OfType { get; set; }

    /// <summary>Whether it is unlogged, as far as it is known.</summary>
    public bool? Unlogged { get; set; }

    /// <summary>Rows by the catalogue, -1 when unknown.</summary>
    public long Rows { get; set; } = -1;

    /// <summary>Bytes by the catalogue, -1 when unknown.</summary>
    public long Bytes { get; set; } = -1;

    /// <summary>Rows written per second, -1 when unknown.</summary>
    public double WritesPerSecond { get; set; } = -1;

    /// <summary>Whether it certainly holds no rows.</summary>
    public bool IsEmpty => IsNew && !IsFilled;

    /// <summary>Transaction in which every row was deleted and none has come since; 0 for none.</summary>
    public int EmptiedInTransaction { get; set; }

    /// <summary>Whether it is partitioned.</summary>
    public bool IsPartitioned => Kind == "partitioned table";

    /// <summary>The column of a name, or null when it is not known.</summary>
    public PgColumn? Column(string name) => Columns.Find(column => column.Name == name);

    /// <summary>The constraint of a name, or null.</summary>
    public PgConstraint? Constraint(string name) => Constraints.Find(constraint => constraint.Name == name);

    /// <summary>The primary key, or null when none is known.</summary>
    public PgConstraint? PrimaryKey => Constraints.Find(constraint => constraint.Definition.Kind == ConstraintKind.PrimaryKey);
}

/// <summary>A column.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type, null when unknown.</param>
/// <param name="NotNull">Whether NULL is refused.</param>
internal sealed record PgColumn(string Name, PgType? Type, bool NotNull)
{
    /// <summary>Collation, or null for the type's own.</summary>
    public string? Collation { get; init; }

    /// <summary>The expression of a generated column.</summary>
    public PgExpression? Generated { get; init; }

    /// <summary>Whether there is a default or identity.</summary>
    public bool HasDefault { get; init; }
}

/// <summary>A constraint with what was learnt of it.</summary>
/// <param name="Name">Name, the server's choice worked out when none was written.</param>
/// <param name="Definition">As written.</param>
/// <param name="Valid">Whether all rows are known to hold it.</param>
internal sealed record PgConstraint(string Name, TableConstraint Definition, bool Valid)
{
    /// <summary>Key of the table referred to.</summary>
    public string? ReferencedKey { get; init; }

    /// <summary>Transaction in which it was added, to see VALIDATE in the same one; 0 for none.</summary>
    public int AddedInTransaction { get; init; }
}

/// <summary>An index.</summary>
/// <param name="Name">Name without schema.</param>
/// <param name="Unique">UNIQUE.</param>
/// <param name="Columns">Key columns, null for an expression.</param>
/// <param name="Mentions">Names in expressions and in its WHERE.</param>
internal sealed record PgIndex(string Name, bool Unique, IReadOnlyList<string?> Columns, IReadOnlyList<string> Mentions)
{
    /// <summary>Whether a failed concurrent build may have left it invalid (the catalogue says so).</summary>
    public bool Invalid { get; init; }

    /// <summary>Access method.</summary>
    public string Method { get; init; } = "btree";

    /// <summary>Whether it belongs to a constraint of the same name.</summary>
    public bool OfConstraint { get; init; }

    /// <summary>Whether the whole of its definition is plain columns without WHERE.</summary>
    public bool Plain { get; init; } = true;
}

/// <summary>A type that is not built in.</summary>
/// <param name="Name">Qualified name.</param>
/// <param name="IsEnum">Whether an enum.</param>
/// <param name="Constrained">Whether a domain with CHECK or NOT NULL.</param>
internal sealed record PgUserType(string Name, bool IsEnum, bool Constrained)
{
    /// <summary>Values added in the open transaction, with its number.</summary>
    public List<(string Value, int Transaction)> NewValues { get; } = [];

    /// <summary>Transaction that created it, 0 when none that is open.</summary>
    public int CreatedInTransaction { get; init; }

    /// <summary>The type under a domain.</summary>
    public PgType? Base { get; init; }

    /// <summary>Domain constraints that were added NOT VALID: name and text.</summary>
    public bool IsDomain => Base is not null;
}
