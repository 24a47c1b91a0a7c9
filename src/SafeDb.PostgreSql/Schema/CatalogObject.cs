using SafeDb.Schema;

namespace SafeDb.PostgreSql.Schema;

/// <summary>An object while the schema is read: the future <see cref="SchemaObject"/> with its place in the catalogue.</summary>
internal sealed record CatalogObject(ObjectAddress Address, string Kind, string Identity, string Definition)
{
    public SchemaSection Section { get; init; }

    /// <summary>The object that this one belongs to.</summary>
    public ObjectAddress? Parent { get; init; }

    /// <summary>How COMMENT, ALTER … OWNER and SECURITY LABEL name the object, such as <c>TABLE public.orders</c>; null when they cannot.</summary>
    public string? Spec { get; init; }

    /// <summary>The owner's name, unquoted, when the object has an owner of its own.</summary>
    public string? Owner { get; init; }

    /// <summary>What must exist before, beside what <c>pg_depend</c> says.</summary>
    public IReadOnlyList<ObjectAddress> After { get; init; } = [];

    /// <summary>
    /// A statement that creates something of the same shape without what the real definition depends on, and the definition that then replaces it. Used when a
    /// dependency goes round in a circle; null when the object has no such form.
    /// </summary>
    public ObjectShell? Shell { get; init; }

    public IReadOnlyList<SchemaColumn> Columns { get; init; } = [];

    public string Key => $"{Kind} {Identity}";
}

/// <summary>The two steps in which an object of a dependency loop is made.</summary>
internal sealed record ObjectShell(string Placeholder, string Replacement);
