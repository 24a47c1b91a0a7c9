using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>How the server carries out a change of a column's type.</summary>
/// <param name="Cost">What it costs.</param>
/// <param name="Data">What becomes of the values.</param>
internal sealed record TypeChange(TypeChangeCost Cost, TypeChangeData Data)
{
    /// <summary>Whether the cost was worked out from both types, or assumed because one is not known.</summary>
    public bool Known { get; init; } = true;

    /// <summary>Whether the server refuses the change without USING.</summary>
    public bool NeedsUsing { get; init; }

    /// <summary>Works out a change.</summary>
    public static TypeChange Of(PgType? source, string? fromCollation, AlterColumnType action, bool utc)
    {
        if (source is null || source.Name == "%type")
        {
            return new TypeChange(TypeChangeCost.Rewrite, TypeChangeData.MayFailOrChange) { Known = false };
        }

        PgType to = action.Type;
        bool trivialUsing = action.Using is null || IsTrivial(action.Using, action.Column);
        TypeChangeData data = TypeDataEffect.Of(source, to, action.Using, action.Column);
        if (!trivialUsing)
        {
            bool plainCast = IsCast(action.Using!, action.Column, to);
            TypeChangeCost castCost = plainCast ? CostOf(source, to, utc) : TypeChangeCost.Rewrite;

            // USING c::varchar(20) of a varchar(10) is the same relabelling as without USING; anything that computes is a rewrite.
            return new TypeChange(castCost, data);
        }

        TypeChangeCost cost = CostOf(source, to, utc);
        if (cost == TypeChangeCost.None && !string.Equals(fromCollation, action.Collation?.Name, StringComparison.Ordinal) && IsText(to))
        {
            cost = TypeChangeCost.IndexRebuild;
        }

        return new TypeChange(cost, data) { NeedsUsing = action.Using is null && TypeDataEffect.NeedsUsing(source, to) };
    }

    private static TypeChangeCost CostOf(PgType source, PgType to, bool utc)
    {
        if (source.Same(to))
        {
            return TypeChangeCost.None;
        }

        if (source.Dimensions > 0 || to.Dimensions > 0)
        {
            return TypeChangeCost.Rewrite;
        }

        if (source.Name == to.Name)
        {
            return SameFamily(source, to);
        }

        return (source.Name, to.Name) switch
        {
            ("character varying" or "text", "text") => TypeChangeCost.None,
            ("text", "character varying") => to.Modifier is null ? TypeChangeCost.None : TypeChangeCost.Rewrite,
            ("xml", "text") => TypeChangeCost.None,
            ("xml", "character varying") => to.Modifier is null ? TypeChangeCost.None : TypeChangeCost.Rewrite,
            ("cidr", "inet") => TypeChangeCost.None,
            ("text" or "character varying", "citext") => TypeChangeCost.IndexRebuild,
            ("citext", "text") => TypeChangeCost.IndexRebuild,
            ("citext", "character varying") => to.Modifier is null ? TypeChangeCost.IndexRebuild : TypeChangeCost.Rewrite,
            ("integer", "oid") or ("oid", "integer") => TypeChangeCost.IndexRebuild,
            ("timestamp without time zone", "timestamp with time zone") or ("timestamp with time zone", "timestamp without time zone")
                => utc && Widens(source.Modifier, to.Modifier, 6) ? TypeChangeCost.IndexRebuild : TypeChangeCost.Rewrite,
            _ => TypeChangeCost.Rewrite,
        };
    }

    private static TypeChangeCost SameFamily(PgType source, PgType to)
    {
        bool cheap = source.Name switch
        {
            "character varying" => to.Modifier is null || (source.Modifier is { } old && old <= to.Modifier),
            "numeric" => to.Modifiers.Count == 0 || (source.Modifiers.Count > 0 && source.Modifier <= to.Modifier && Scale(source) == Scale(to)),
            "bit varying" => to.Modifier is null || (source.Modifier is { } old && old <= to.Modifier),
            "timestamp without time zone" or "timestamp with time zone" or "time without time zone" or "time with time zone" => Widens(source.Modifier, to.Modifier, 6),
            "interval" => to.Fields is null && Widens(source.Modifier, to.Modifier, 6),
            "character" or "bit" => false,
            _ => source.Modifiers.Count == 0 && to.Modifiers.Count == 0,
        };
        return cheap ? TypeChangeCost.None : TypeChangeCost.Rewrite;
    }

    // No precision means the greatest one.
    private static bool Widens(int? source, int? to, int greatest) => (to ?? greatest) >= (source ?? greatest);

    private static int Scale(PgType type) => type.Modifiers.Count > 1 ? type.Modifiers[1] : 0;

    private static bool IsText(PgType type) => type.Is("text", "character varying", "character", "citext", "name");

    private static bool IsTrivial(PgExpression expression, string column) => StripParentheses(expression.Text).Equals(PgName.Quote(column), StringComparison.OrdinalIgnoreCase) || StripParentheses(expression.Text) == $"\"{column}\"";

    private static bool IsCast(PgExpression expression, string column, PgType to)
    {
        string text = StripParentheses(expression.Text);
        int cast = text.IndexOf("::", StringComparison.Ordinal);
        if (cast < 0 || expression.Calls.Count > 0)
        {
            return false;
        }

        string left = StripParentheses(text[..cast].Trim());
        bool same = left.Equals(PgName.Quote(column), StringComparison.OrdinalIgnoreCase) || left == $"\"{column}\"";
        return same && PgType.Parse(text[(cast + 2)..].Trim()) is { } target && target.Same(to);
    }

    private static string StripParentheses(string text)
    {
        string trimmed = text.Trim();
        while (trimmed.Length > 2 && trimmed[0] == '(' && trimmed[^1] == ')' && trimmed.IndexOf(')', StringComparison.Ordinal) == trimmed.Length - 1)
        {
            trimmed = trimmed[1..^1].Trim();
        }

        return trimmed;
    }

    /// <summary>Whether an expression is <c>column::text::type</c>, as tools write it for enums.</summary>
    public static bool IsCastThroughText(PgExpression expression, string column, PgType to)
    {
        string text = StripParentheses(expression.Text);
        int last = text.LastIndexOf("::", StringComparison.Ordinal);
        if (last < 0 || expression.Calls.Count > 0 || PgType.Parse(text[(last + 2)..].Trim()) is not { } target || !target.Same(to))
        {
            return false;
        }

        string inner = StripParentheses(text[..last].Trim());
        return PgType.Parse("text") is { } asText && IsCast(new PgExpression(inner, [], []), column, asText);
    }

    /// <summary>Whether an expression is a plain cast of the column to the type.</summary>
    public static bool IsPlainCast(PgExpression expression, string column, PgType to) => IsCast(expression, column, to);
}

/// <summary>What a change of type costs.</summary>
internal enum TypeChangeCost
{
    /// <summary>Only the catalogue changes.</summary>
    None,

    /// <summary>Rows stay, indexes on the column are built anew.</summary>
    IndexRebuild,

    /// <summary>Rows and all indexes are written anew.</summary>
    Rewrite,
}

/// <summary>What a change of type does to the values.</summary>
internal enum TypeChangeData
{
    /// <summary>Every value keeps its meaning.</summary>
    Lossless,

    /// <summary>A value that does not fit stops the migration; nothing is lost.</summary>
    MayFail,

    /// <summary>Values are changed without a word: rounded, cut, shifted.</summary>
    SilentChange,

    /// <summary>Some values stop the migration, others are changed silently.</summary>
    MayFailOrChange,
}
