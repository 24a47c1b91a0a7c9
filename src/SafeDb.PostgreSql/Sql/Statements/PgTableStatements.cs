namespace SafeDb.PostgreSql.Sql.Statements;

/// <summary>A column as CREATE TABLE and ADD COLUMN write it.</summary>
/// <param name="Name">Name.</param>
/// <param name="Type">Type, or null in a partition or typed table.</param>
internal sealed record ColumnDefinition(string Name, PgType? Type)
{
    /// <summary>Collation as written, or null.</summary>
    public PgName? Collation { get; init; }

    /// <summary>Whether NOT NULL is written (or follows from PRIMARY KEY or identity).</summary>
    public bool NotNull { get; init; }

    /// <summary>The default, or null.</summary>
    public PgExpression? Default { get; init; }

    /// <summary>The expression of a generated column, or null.</summary>
    public PgExpression? Generated { get; init; }

    /// <summary>Whether a generated column is virtual: said so, or by default from 18 on.</summary>
    public bool? GeneratedStored { get; init; }

    /// <summary>Whether it is an identity column.</summary>
    public bool Identity { get; init; }

    /// <summary>Constraints written with the column (CHECK, UNIQUE, PRIMARY KEY, REFERENCES).</summary>
    public IReadOnlyList<TableConstraint> Constraints { get; init; } = [];

    /// <summary>The definition's text.</summary>
    public string Text { get; init; } = "";
}

/// <summary>A constraint of a table.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Name">Its name, or null when the server chooses.</param>
internal sealed record TableConstraint(ConstraintKind Kind, string? Name)
{
    /// <summary>Columns constrained (PRIMARY KEY, UNIQUE, FOREIGN KEY, NOT NULL).</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The condition of a CHECK.</summary>
    public PgExpression? Check { get; init; }

    /// <summary>The table referred to.</summary>
    public PgName? References { get; init; }

    /// <summary>Columns referred to; empty for the primary key.</summary>
    public IReadOnlyList<string> ReferencedColumns { get; init; } = [];

    /// <summary>ON DELETE action in upper case, or null.</summary>
    public string? OnDelete { get; init; }

    /// <summary>The index of USING INDEX.</summary>
    public string? UsingIndex { get; init; }

    /// <summary>Whether a CHECK is NO INHERIT.</summary>
    public bool NoInherit { get; init; }

    /// <summary>Whether NOT VALID.</summary>
    public bool NotValid { get; init; }

    /// <summary>Whether NOT ENFORCED (18).</summary>
    public bool NotEnforced { get; init; }

    /// <summary>Text from the kind's word to the end, without CONSTRAINT name and NOT VALID.</summary>
    public string Body { get; init; } = "";

    /// <summary>What follows the column list of a key: INCLUDE, NULLS NOT DISTINCT, DEFERRABLE, USING INDEX TABLESPACE.</summary>
    public bool Plain { get; init; } = true;
}

/// <summary>Kinds of constraints.</summary>
internal enum ConstraintKind
{
    /// <summary>CHECK.</summary>
    Check,

    /// <summary>UNIQUE.</summary>
    Unique,

    /// <summary>PRIMARY KEY.</summary>
    PrimaryKey,

    /// <summary>FOREIGN KEY.</summary>
    ForeignKey,

    /// <summary>EXCLUDE.</summary>
    Exclude,

    /// <summary>NOT NULL as a constraint with a name (18).</summary>
    NotNull,
}

/// <summary>CREATE TABLE, CREATE TABLE AS, CREATE FOREIGN TABLE.</summary>
internal sealed record CreateTable(PgName Name) : PgStatement("CreateTable")
{
    /// <summary>IF NOT EXISTS.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>Temporary: nobody else sees it.</summary>
    public bool Temporary { get; init; }

    /// <summary>Columns.</summary>
    public IReadOnlyList<ColumnDefinition> Columns { get; init; } = [];

    /// <summary>Constraints of the table and of its columns.</summary>
    public IReadOnlyList<TableConstraint> Constraints { get; init; } = [];

    /// <summary>The composite type of OF.</summary>
    public PgName? OfType { get; init; }

    /// <summary>Whether it is UNLOGGED.</summary>
    public bool Unlogged { get; init; }

    /// <summary>Whether CREATE TABLE AS leaves it empty.</summary>
    public bool NoData { get; init; }

    /// <summary>Tables of LIKE clauses.</summary>
    public IReadOnlyList<PgName> Likes { get; init; } = [];

    /// <summary>Parents of INHERITS.</summary>
    public IReadOnlyList<PgName> Inherits { get; init; } = [];

    /// <summary>Parent of PARTITION OF.</summary>
    public PgName? PartitionOf { get; init; }

    /// <summary>Whether it is the DEFAULT partition.</summary>
    public bool DefaultPartition { get; init; }

    /// <summary>The bound as written.</summary>
    public string? Bound { get; init; }

    /// <summary>Whether PARTITION BY is written.</summary>
    public bool Partitioned { get; init; }

    /// <summary>RANGE, LIST or HASH, or null.</summary>
    public string? PartitionStrategy { get; init; }

    /// <summary>Names in the partition key.</summary>
    public IReadOnlyList<string> PartitionColumns { get; init; } = [];

    /// <summary>Tablespace, or null for the database's own.</summary>
    public string? Tablespace { get; init; }

    /// <summary>Access method (or foreign server), or null for the usual one.</summary>
    public string? AccessMethod { get; init; }

    /// <summary>The query of CREATE TABLE AS.</summary>
    public QueryStatement? Query { get; init; }
}

/// <summary>ALTER TABLE, and ALTER INDEX / VIEW / MATERIALIZED VIEW / FOREIGN TABLE, which share its grammar.</summary>
/// <param name="Target">TABLE, INDEX, VIEW, MATERIALIZED VIEW, FOREIGN TABLE, SEQUENCE.</param>
/// <param name="Name">The relation.</param>
/// <param name="Actions">What is done.</param>
internal sealed record AlterTable(string Target, PgName Name, IReadOnlyList<AlterAction> Actions)
    : PgStatement(Target switch { "TABLE" or "FOREIGN TABLE" => "AlterTable", "INDEX" => "AlterIndex", "VIEW" => "AlterView", "SEQUENCE" => "AlterSequence", _ => "AlterMaterializedView" })
{
    /// <summary>IF EXISTS.</summary>
    public bool IfExists { get; init; }

    /// <summary>ONLY.</summary>
    public bool Only { get; init; }
}

/// <summary>One action of an ALTER TABLE.</summary>
internal abstract record AlterAction
{
    /// <summary>Its text.</summary>
    public string Text { get; init; } = "";

    /// <summary>Offset of its first token.</summary>
    public int Start { get; init; }
}

internal sealed record AddColumn(ColumnDefinition Column, bool IfNotExists) : AlterAction;

internal sealed record DropColumn(string Column, bool IfExists, bool Cascade) : AlterAction;

internal sealed record AlterColumnType(string Column, PgType Type, PgName? Collation, PgExpression? Using) : AlterAction;

internal sealed record SetDefault(string Column, PgExpression? Expression) : AlterAction;

internal sealed record SetNotNull(string Column) : AlterAction;

internal sealed record DropNotNull(string Column) : AlterAction;

internal sealed record SetExpression(string Column, PgExpression Expression) : AlterAction;

internal sealed record AddConstraint(TableConstraint Constraint) : AlterAction;

internal sealed record ValidateConstraint(string Name) : AlterAction;

internal sealed record DropConstraint(string Name, bool IfExists, bool Cascade) : AlterAction;

internal sealed record AlterConstraint(string Name) : AlterAction
{
    /// <summary>ENFORCED or NOT ENFORCED is written (18).</summary>
    public bool Enforcement { get; init; }

    /// <summary>ENFORCED is written without NOT, so that the rows are checked now.</summary>
    public bool Enforces { get; init; }
}

internal sealed record RenameTo(string NewName) : AlterAction;

internal sealed record RenameColumn(string Column, string NewName) : AlterAction;

internal sealed record RenameConstraint(string Name, string NewName) : AlterAction;

internal sealed record SetSchema(string Schema) : AlterAction;

internal sealed record SetTrigger(string Trigger, bool Enable) : AlterAction;

internal sealed record RowSecurity(string Change) : AlterAction;

internal sealed record SetLogged(bool Logged) : AlterAction;

internal sealed record SetTablespace(string Tablespace) : AlterAction;

internal sealed record SetAccessMethod(string Method) : AlterAction;

internal sealed record InheritParent(PgName Parent, bool Remove) : AlterAction;

internal sealed record AttachPartition(PgName Partition, string Bound, bool IsDefault) : AlterAction;

internal sealed record DetachPartition(PgName Partition, bool Concurrently, bool Finalize) : AlterAction;

internal sealed record ReplicaIdentity(string Choice) : AlterAction;

internal sealed record OwnerTo(string Owner) : AlterAction;

/// <summary>OF type, or NOT OF when null.</summary>
internal sealed record TypedBy(PgName? Type) : AlterAction;

/// <summary>An action that changes only the catalogue.</summary>
/// <param name="What">Its words: SET STATISTICS, SET STORAGE, SET (…), ADD IDENTITY, ….</param>
/// <param name="Mode">The lock it takes.</param>
internal sealed record CatalogueAction(string What, PgLock Mode, string? Column) : AlterAction;
