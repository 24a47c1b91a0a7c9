namespace SafeDb.Schema;

/// <summary>When an object is created during a restore.</summary>
public enum SchemaSection
{
    /// <summary>Before the rows: types, tables, functions.</summary>
    PreData,

    /// <summary>After the rows: constraints, indexes, triggers.</summary>
    PostData,

    /// <summary>After everything else: privileges, event triggers, materialized views' contents.</summary>
    Final,
}

/// <summary>One object of a database.</summary>
/// <param name="Kind">Kind in lower case, such as <c>table</c>, <c>index</c>, <c>function</c>.</param>
/// <param name="Identity">Qualified, quoted as the engine would, unique within the kind, such as <c>public.orders</c> or <c>public.f(integer)</c>.</param>
/// <param name="Definition">
/// The canonical definition: statements that create the object in an empty place, each ending in a semicolon. Equal definitions mean equal objects.
/// </param>
public sealed record SchemaObject(string Kind, string Identity, string Definition)
{
    /// <summary>Keys (<see cref="Key"/>) of the objects that must exist before this one.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Columns in order, for tables and views.</summary>
    public IReadOnlyList<SchemaColumn> Columns { get; init; } = [];

    /// <summary>When it is created.</summary>
    public SchemaSection Section { get; init; }

    /// <summary>The key of the object that this one belongs to (an index's table), or null.</summary>
    public string? Parent { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Key;

    /// <summary>Key: kind and identity.</summary>
    public string Key => $"{Kind} {Identity}";
}

/// <summary>A column.</summary>
/// <param name="Name">Its name, unquoted.</param>
/// <param name="Type">Its type as the engine formats it.</param>
/// <param name="NotNull">Whether NULL is refused.</param>
public sealed record SchemaColumn(string Name, string Type, bool NotNull)
{
    /// <summary>The default's expression, or null.</summary>
    public string? Default { get; init; }

    /// <summary>Whether it is generated from other columns (and so is neither copied nor compared by value).</summary>
    public bool Generated { get; init; }

    /// <summary>Place in the primary key, from 1; 0 when not part of it.</summary>
    public int PrimaryKeyPosition { get; init; }
}
