namespace SafeDb.PostgreSql.Sql.Statements;

/// <summary>CREATE INDEX.</summary>
internal sealed record CreateIndex(string? Name, PgName Table) : PgStatement("CreateIndex")
{
    /// <summary>UNIQUE.</summary>
    public bool Unique { get; init; }

    /// <summary>CONCURRENTLY.</summary>
    public bool Concurrently { get; init; }

    /// <summary>IF NOT EXISTS.</summary>
    public bool IfNotExists { get; init; }

    /// <summary>ON ONLY.</summary>
    public bool Only { get; init; }

    /// <summary>Access method, <c>btree</c> when none is written.</summary>
    public string Method { get; init; } = "btree";

    /// <summary>Plain columns of the key, null for an expression.</summary>
    public IReadOnlyList<string?> Columns { get; init; } = [];

    /// <summary>Whether nothing but plain columns is written: no expression, order, opclass, INCLUDE, WHERE.</summary>
    public bool Plain { get; init; }

    /// <summary>Names used in expressions and in the WHERE.</summary>
    public IReadOnlyList<string> ExpressionNames { get; init; } = [];

    /// <summary>The condition of a partial index, or null.</summary>
    public PgExpression? Where { get; init; }

    /// <summary>NULLS NOT DISTINCT.</summary>
    public bool NullsNotDistinct { get; init; }

    /// <summary>What follows the table's name: method, keys, options.</summary>
    public string Keys { get; init; } = "";

    /// <summary>From the table's name to the end.</summary>
    public string Rest { get; init; } = "";
}

/// <summary>DROP of one or more objects.</summary>
/// <param name="ObjectKind">TABLE, INDEX, VIEW, SCHEMA, TYPE, FUNCTION, …</param>
/// <param name="Names">Their names.</param>
internal sealed record DropObjects(string ObjectKind, IReadOnlyList<PgName> Names) : PgStatement("Drop" + Pascal(ObjectKind))
{
    /// <summary>IF EXISTS.</summary>
    public bool IfExists { get; init; }

    /// <summary>CASCADE.</summary>
    public bool Cascade { get; init; }

    /// <summary>CONCURRENTLY.</summary>
    public bool Concurrently { get; init; }

    /// <summary>The table of DROP TRIGGER, POLICY, RULE.</summary>
    public PgName? OnTable { get; init; }

    private static string Pascal(string words) =>
        string.Concat(words.Split(' ').Select(word => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()));
}

/// <summary>CREATE VIEW or MATERIALIZED VIEW.</summary>
internal sealed record CreateView(PgName Name, QueryStatement Query) : PgStatement("CreateView")
{
    /// <summary>OR REPLACE.</summary>
    public bool OrReplace { get; init; }

    /// <summary>Materialized.</summary>
    public bool Materialized { get; init; }

    /// <summary>WITH NO DATA.</summary>
    public bool NoData { get; init; }

    /// <summary>Names mentioned, which may be columns.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>CREATE FUNCTION or PROCEDURE.</summary>
internal sealed record CreateFunction(PgName Name) : PgStatement("CreateFunction")
{
    /// <summary>Language in lower case.</summary>
    public string Language { get; init; } = "";

    /// <summary>IMMUTABLE, STABLE or VOLATILE.</summary>
    public string Volatility { get; init; } = "VOLATILE";

    /// <summary>The body of an SQL or PL/pgSQL function, or null.</summary>
    public string? Body { get; init; }

    /// <summary>Whether the body is SQL of the statement itself: BEGIN ATOMIC or RETURN.</summary>
    public bool Atomic { get; init; }

    /// <summary>SECURITY DEFINER.</summary>
    public bool SecurityDefiner { get; init; }

    /// <summary>Whether a SET search_path clause is written.</summary>
    public bool SetsSearchPath { get; init; }
}

/// <summary>CREATE TRIGGER.</summary>
internal sealed record CreateTrigger(string Name, PgName Table) : PgStatement("CreateTrigger")
{
    /// <summary>OR REPLACE.</summary>
    public bool OrReplace { get; init; }

    /// <summary>The table of a constraint trigger's FROM.</summary>
    public PgName? From { get; init; }
}

/// <summary>CREATE or ALTER POLICY, CREATE RULE: definitions on a table that change what queries see.</summary>
internal sealed record TableDefinition(string Kind, string Name, PgName Table) : PgStatement(Kind);

/// <summary>CREATE TYPE.</summary>
/// <param name="Values">Values of an enum, or null.</param>
internal sealed record CreateType(PgName Name, IReadOnlyList<string>? Values) : PgStatement("CreateType");

/// <summary>ALTER TYPE.</summary>
/// <param name="Change">ADD VALUE, RENAME VALUE, RENAME TO, ATTRIBUTE, SET SCHEMA, OWNER, SET.</param>
internal sealed record AlterType(PgName Name, string Change) : PgStatement("AlterType")
{
    /// <summary>The value added or renamed, or the new name.</summary>
    public string? Value { get; init; }

    /// <summary>The value's new name.</summary>
    public string? NewValue { get; init; }

    /// <summary>CASCADE of an attribute's change: typed tables follow.</summary>
    public bool Cascade { get; init; }
}

/// <summary>CREATE DOMAIN.</summary>
internal sealed record CreateDomain(PgName Name, PgType Type, bool Constrained) : PgStatement("CreateDomain");

/// <summary>ALTER DOMAIN.</summary>
/// <param name="Change">ADD, VALIDATE, SET NOT NULL, DROP NOT NULL, DROP CONSTRAINT, RENAME, SET DEFAULT, OWNER, SET SCHEMA.</param>
internal sealed record AlterDomain(PgName Name, string Change) : PgStatement("AlterDomain")
{
    /// <summary>NOT VALID.</summary>
    public bool NotValid { get; init; }

    /// <summary>The constraint's name, when written.</summary>
    public string? Constraint { get; init; }

    /// <summary>The constraint's text.</summary>
    public string Text { get; init; } = "";
}

/// <summary>CREATE or ALTER SEQUENCE.</summary>
internal sealed record SequenceStatement(string Kind, PgName Name) : PgStatement(Kind)
{
    /// <summary>Whether it gets another name, schema or owner.</summary>
    public bool Moves { get; init; }

    /// <summary>Whether its numbers change: anything but owner, name, schema and OWNED BY.</summary>
    public bool Redefines { get; init; }

    /// <summary>RESTART is written.</summary>
    public bool Restart { get; init; }

    /// <summary>Table of OWNED BY.</summary>
    public PgName? OwnedBy { get; init; }
}

/// <summary>CREATE or ALTER EXTENSION.</summary>
internal sealed record ExtensionStatement(string Kind, string Name, bool Update) : PgStatement(Kind);

/// <summary>CREATE SCHEMA.</summary>
internal sealed record CreateSchema(string Name) : PgStatement("CreateSchema")
{
    /// <summary>What it makes inside at once.</summary>
    public IReadOnlyList<PgStatement> Elements { get; init; } = [];
}

/// <summary>A definition that hangs on relations and changes nothing of them but their catalogue entries.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Tables">The relations named.</param>
/// <param name="Mode">The lock on each.</param>
internal sealed record RelationsStatement(string Kind, IReadOnlyList<PgName> Tables, PgLock Mode) : PgStatement(Kind);

/// <summary>PREPARE.</summary>
/// <param name="Name">The name by which EXECUTE finds it.</param>
/// <param name="Statement">What EXECUTE will run.</param>
internal sealed record PrepareStatement(string Name, PgStatement Statement) : PgStatement("Prepare");

/// <summary>CREATE, ALTER, DROP of a database or tablespace, and ALTER SYSTEM.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Destroys">Whether it is DROP DATABASE.</param>
internal sealed record ServerStatement(string Kind, string? Name, bool Destroys) : PgStatement(Kind)
{
    /// <summary>Whether the server refuses it inside a transaction.</summary>
    public bool OutsideTransactionOnly { get; init; } = true;
}
