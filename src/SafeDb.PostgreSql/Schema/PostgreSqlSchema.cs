using SafeDb.Archive;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema;

/// <summary>All that a database's catalogue says, read in one snapshot.</summary>
public sealed record PostgreSqlSchema
{
    /// <summary>The objects in creation order.</summary>
    public required DatabaseSchema Schema { get; init; }

    /// <summary>Every table that can hold rows, and those that only look so, with the reason.</summary>
    public required IReadOnlyList<TableInfo> Tables { get; init; }

    /// <summary>Every sequence with its state, identity columns' too.</summary>
    public required IReadOnlyList<SequenceInfo> Sequences { get; init; }

    /// <summary>Every large object's owner, privileges and comment.</summary>
    public required IReadOnlyList<LargeObjectInfo> LargeObjects { get; init; }

    /// <summary>Materialized views, each after those it reads from.</summary>
    public required IReadOnlyList<MaterializedViewInfo> MaterializedViews { get; init; }

    /// <summary>Roles that owners, privileges, policies and mappings name, in order.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>The extensions.</summary>
    public required IReadOnlyList<ExtensionInfo> Extensions { get; init; }

    /// <summary>Whether <see cref="Schema"/> holds everything there is.</summary>
    public required Coverage Coverage { get; init; }

    /// <summary>What a restored database will not have, by design, and why: such as an index whose build failed. Nothing is lost with it.</summary>
    public required IReadOnlyList<string> Notices { get; init; }

    /// <summary>Facts of the database itself that a restore needs: encoding, locale, owner, settings.</summary>
    public required IReadOnlyDictionary<string, string> Properties { get; init; }
}

/// <summary>A table as the data part needs it.</summary>
/// <param name="Oid">Its oid in the source.</param>
/// <param name="Name">Identity as in the schema.</param>
/// <param name="Kind"><c>r</c> table, <c>p</c> partitioned, <c>f</c> foreign.</param>
/// <param name="Persistence"><c>p</c> permanent, <c>u</c> unlogged.</param>
/// <param name="Columns">Names of the columns that COPY takes: neither dropped nor generated.</param>
public sealed record TableInfo(uint Oid, string Name, char Kind, char Persistence, IReadOnlyList<string> Columns)
{
    /// <summary>The schema's name, unquoted.</summary>
    public required string SchemaName { get; init; }

    /// <summary>The table's name, unquoted and without its schema.</summary>
    public required string TableName { get; init; }

    /// <summary>Columns of the primary key, or of a unique key whose columns refuse NULL; empty when there is none.</summary>
    public IReadOnlyList<string> KeyColumns { get; init; } = [];

    /// <summary>Bytes of the main fork: whole blocks, exact now.</summary>
    public long MainBytes { get; init; }

    /// <summary>Bytes with TOAST, without indexes.</summary>
    public long TotalBytes { get; init; }

    /// <summary>The access method's name, or empty.</summary>
    public string AccessMethod { get; init; } = "";

    /// <summary>The extension whose configuration table it is, or null.</summary>
    public string? Extension { get; init; }

    /// <summary>For an extension's configuration table the condition on its rows (<c>WHERE …</c>, may be empty); null otherwise.</summary>
    public string? ConfigurationCondition { get; init; }

    /// <summary>Why no rows are copied, or null when they are.</summary>
    public string? RowsOmitted { get; init; }

    /// <summary>Whether row security is on.</summary>
    public bool RowSecurity { get; init; }
}

/// <summary>A sequence and its state.</summary>
/// <param name="Name">Identity, such as <c>public.orders_id_seq</c>.</param>
/// <param name="LastValue">Its last value; null when the reader may not read it.</param>
/// <param name="IsCalled">Whether that value was given out.</param>
public sealed record SequenceInfo(string Name, long? LastValue, bool IsCalled)
{
    /// <summary>Whether it cannot be read because it is unlogged and the server a standby: there it has no state.</summary>
    public bool IsAbsentOnStandby { get; init; }

    /// <summary>The statement that brings a restored sequence into this state.</summary>
    public string SetStatement => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"SELECT pg_catalog.setval({SqlText.Literal(Name)}, {LastValue}, {(IsCalled ? "true" : "false")});");
}

/// <summary>A large object without its bytes.</summary>
/// <param name="Oid">Its oid, which restores keep.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Comment">Its comment, or null.</param>
/// <param name="Grants">Statements that restore its privileges.</param>
public sealed record LargeObjectInfo(uint Oid, string Owner, string? Comment, IReadOnlyList<string> Grants);

/// <summary>A materialized view.</summary>
/// <param name="Name">Identity.</param>
/// <param name="Populated">Whether it holds rows and so must be refreshed after a restore.</param>
public sealed record MaterializedViewInfo(string Name, bool Populated);

/// <summary>An extension.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Schema">The schema it stands in.</param>
public sealed record ExtensionInfo(string Name, string Version, string Schema);
