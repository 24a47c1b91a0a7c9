namespace SafeDb.PostgreSql.Sql;

/// <summary>A type with its modifiers, under the name that <c>format_type</c> gives it.</summary>
/// <param name="Schema">Schema, or null.</param>
/// <param name="Name">Name: <c>integer</c>, <c>character varying</c>, <c>timestamp with time zone</c>, or the user's type.</param>
internal sealed record PgType(string? Schema, string Name)
{
    /// <summary>Modifiers: length, or precision and scale.</summary>
    public IReadOnlyList<int> Modifiers { get; init; } = [];

    /// <summary>Dimensions of an array, 0 for none.</summary>
    public int Dimensions { get; init; }

    /// <summary>Fields of an interval, such as <c>day to second</c>.</summary>
    public string? Fields { get; init; }

    /// <summary>Whether it was written serial, smallserial or bigserial.</summary>
    public bool Serial { get; init; }

    /// <summary>First modifier, or null.</summary>
    public int? Modifier => Modifiers.Count > 0 ? Modifiers[0] : null;

    /// <summary>The type without array and modifiers.</summary>
    public bool Is(params ReadOnlySpan<string> names) => Dimensions == 0 && names.Contains(Name);

    /// <summary>Whether two types are the same, modifiers included.</summary>
    public bool Same(PgType other) =>
        Name == other.Name && Dimensions == other.Dimensions && Fields == other.Fields && Modifiers.SequenceEqual(other.Modifiers)
        && (Schema ?? "public") == (other.Schema ?? "public");

    /// <summary>The type as SQL.</summary>
    public string Sql
    {
        get
        {
            string name = Schema is null ? (PgTypeNames.IsBuiltIn(Name) ? Name : PgName.Quote(Name)) : $"{PgName.Quote(Schema)}.{PgName.Quote(Name)}";
            string modifiers = Modifiers.Count == 0 ? "" : $"({string.Join(',', Modifiers)})";
            string text = Name.StartsWith("time", StringComparison.Ordinal) && Name.Contains(" with", StringComparison.Ordinal) && modifiers.Length > 0
                ? name.Insert(name.IndexOf(' ', StringComparison.Ordinal), modifiers)
                : Fields is null ? name + modifiers : $"{name} {Fields}{modifiers}";
            return text + string.Concat(Enumerable.Repeat("[]", Dimensions));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Sql;

    /// <summary>Reads a type's text, such as the catalogue's; null when it cannot be read.</summary>
    public static PgType? Parse(string text) => PgParser.ParseType(text);
}
