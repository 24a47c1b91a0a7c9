namespace SafeDb.PostgreSql.Sql;

/// <summary>A name as written, with or without its schema, folded as the server folds it.</summary>
/// <param name="Schema">Schema, or null when none was written.</param>
/// <param name="Name">Name.</param>
internal sealed record PgName(string? Schema, string Name)
{
    /// <summary>The name as SQL, quoted where it must be.</summary>
    public string Sql => Schema is null ? Quote(Name) : $"{Quote(Schema)}.{Quote(Name)}";

    /// <inheritdoc/>
    public override string ToString() => Sql;

    /// <summary>Quotes an identifier when it is not a plain lower-case word or is a keyword that cannot stand bare.</summary>
    public static string Quote(string name) => PgKeywords.IsPlainName(name) ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
