using SafeDb.Addresses;
using SafeDb.Schema;

namespace SafeDb;

/// <summary>The schema of a database at a moment: what <c>Get-SafeDbSchema</c> returns. Kept as JSON, it is the reference that drift is measured against.</summary>
public sealed record SchemaSnapshot
{
    /// <summary>Version of this form.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>The database, without secrets; what <c>-Database</c> takes.</summary>
    public required string Database { get; init; }

    /// <summary>The engine.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>The engine's version as a comparable integer.</summary>
    public required int EngineVersion { get; init; }

    /// <summary>When it was read, in UTC.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Digest of the schema: equal fingerprints mean equal schemas.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Every object with its canonical definition, in an order in which they can be created.</summary>
    public required IReadOnlyList<SchemaObject> Objects { get; init; }

    /// <summary>A snapshot of a schema that was read.</summary>
    internal static SchemaSnapshot Of(DatabaseSchema schema, string fingerprint, DatabaseAddress database, DateTimeOffset takenAt) => new()
    {
        Database = database.ConfiguredName ?? database.Display, Engine = schema.Engine, EngineVersion = schema.EngineVersion, TakenAt = takenAt, Fingerprint = fingerprint, Objects = schema.Objects,
    };

    /// <summary>The statements that create the schema in an empty database.</summary>
    public string ToSql() => string.Join("\n\n", Objects.Select(item => item.Definition)) + "\n";

    /// <summary>Whether everything is there that comparisons look at: a file can hold null where no null belongs.</summary>
    internal bool IsWhole => Objects is not null && Fingerprint is not null
        && Objects.All(item => item is { Kind: not null, Identity: not null, Definition: not null, DependsOn: not null, Columns: not null });

    /// <summary>The schema as the model that comparisons take.</summary>
    internal DatabaseSchema ToSchema() => new(Engine, EngineVersion, Objects);
}

/// <summary>One difference between a database's schema and its reference: what <c>Compare-SafeDbSchema</c> returns, one object each.</summary>
public sealed record SchemaDifference
{
    /// <summary>Added: only in the database. Removed: only in the reference. Changed: in both, with other definitions.</summary>
    public required SchemaChange Change { get; init; }

    /// <summary>The object's kind, such as table or index.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's name as the engine writes it.</summary>
    public required string Identity { get; init; }

    /// <summary>Its definition in the reference, or null.</summary>
    public string? Expected { get; init; }

    /// <summary>Its definition in the database, or null.</summary>
    public string? Actual { get; init; }

    /// <summary>What differs in a changed object: the lines of its definition in the reference alone, each after "- ", and in the database alone, each after "+ "; null when it was added or removed.</summary>
    public string? Difference => Expected is null || Actual is null ? null : DefinitionDifference.Of(Expected, Actual);

    /// <summary>The database.</summary>
    public required string Database { get; init; }

    /// <summary>The reference: a file or a database.</summary>
    public required string Reference { get; init; }
}
