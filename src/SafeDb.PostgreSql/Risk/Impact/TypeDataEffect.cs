using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Classes casts by what they do to values: measured pairs of <c>docs/risk-postgresql.md</c>, and the same reasoning for the rest.</summary>
internal static class TypeDataEffect
{
    private static readonly string[] Integers = ["smallint", "integer", "bigint"];

    // Decimal digits of the greatest value of each.
    private static readonly int[] Digits = [5, 10, 19];
    private static readonly string[] Texts = ["text", "character varying", "character", "citext", "name"];

    /// <summary>What becomes of the values.</summary>
    public static TypeChangeData Of(PgType source, PgType to, PgExpression? @using, string column)
    {
        if (@using is not null && TypeChange.IsCastThroughText(@using, column, to))
        {
            // A word that the new type does not have stops the migration.
            return PgTypeNames.IsBuiltIn(to.Name) ? Scalar(new PgType(null, "text"), to, explicitCast: true) : TypeChangeData.MayFail;
        }

        bool explicitCast = @using is not null && TypeChange.IsPlainCast(@using, column, to);
        if (@using is not null && !explicitCast && !IsColumn(@using, column))
        {
            // A computation: nobody but its author knows what it keeps.
            return TypeChangeData.MayFailOrChange;
        }

        if (source.Same(to))
        {
            return TypeChangeData.Lossless;
        }

        if (source.Dimensions > 0 || to.Dimensions > 0)
        {
            bool sameShape = (source.Dimensions > 0) == (to.Dimensions > 0);
            return sameShape ? Scalar(source with { Dimensions = 0 }, to with { Dimensions = 0 }, explicitCast) : TypeChangeData.MayFailOrChange;
        }

        return Scalar(source, to, explicitCast);
    }

    /// <summary>Whether the server has no assignment cast between two types.</summary>
    public static bool NeedsUsing(PgType source, PgType to)
    {
        if (source.Dimensions != to.Dimensions)
        {
            return true;
        }

        if (source.Dimensions > 0)
        {
            return NeedsUsing(source with { Dimensions = 0 }, to with { Dimensions = 0 });
        }

        if (source.Name == to.Name || to.Is(Texts) || !PgTypeNames.IsBuiltIn(source.Name) || !PgTypeNames.IsBuiltIn(to.Name))
        {
            return source.Name != to.Name && !to.Is(Texts) && !(source.Is(Texts) && to.Name == "citext");
        }

        if (source.Is(Texts))
        {
            return true;
        }

        bool numbers = IsNumber(source) && IsNumber(to);
        bool times = source.Name.StartsWith("time", StringComparison.Ordinal) || source.Name is "date" or "interval";
        return !(numbers || (times && TimesAssign(source.Name, to.Name)) || (source.Name, to.Name) is ("json", "jsonb") or ("jsonb", "json") or ("inet", "cidr") or ("cidr", "inet") or ("macaddr", "macaddr8")
            or ("macaddr8", "macaddr") or ("bit", "bit varying") or ("bit varying", "bit") or ("money", "numeric") or ("numeric", "money") or ("integer", "money") or ("bigint", "money") or ("integer", "oid") or ("oid", "integer") or ("bigint", "oid") or ("oid", "bigint"));
    }

    private static TypeChangeData Scalar(PgType source, PgType to, bool explicitCast)
    {
        if (source.Name == to.Name)
        {
            return Same(source, to, explicitCast);
        }

        if (to.Is(Texts))
        {
            return ToText(source, to, explicitCast);
        }

        if (IsNumber(source) && IsNumber(to))
        {
            return Numbers(source, to);
        }

        return (source.Name, to.Name) switch
        {
            ("date", "timestamp without time zone") => TypeChangeData.Lossless,
            ("timestamp without time zone", "timestamp with time zone") => TypeChangeData.Lossless,
            ("cidr", "inet") or ("macaddr", "macaddr8") or ("jsonb", "json") or ("integer", "oid") or ("money", "numeric") => TypeChangeData.Lossless,
            ("bit", "bit varying") => Fits(source.Modifier, to.Modifier) ? TypeChangeData.Lossless : explicitCast ? TypeChangeData.SilentChange : TypeChangeData.MayFail,
            ("bit varying", "bit") => explicitCast ? TypeChangeData.SilentChange : TypeChangeData.MayFail,
            ("oid", "integer") => TypeChangeData.SilentChange,
            ("date", "timestamp with time zone") or ("time without time zone", "time with time zone") or ("time without time zone", "interval") => TypeChangeData.Lossless,
            ("boolean", "integer") => TypeChangeData.Lossless,
            ("macaddr8", "macaddr") => TypeChangeData.MayFail,
            ("json", "jsonb") => TypeChangeData.SilentChange,
            ("inet", "cidr") or ("integer", "boolean") or ("numeric", "money") => TypeChangeData.SilentChange,
            _ when source.Name.StartsWith("time", StringComparison.Ordinal) || source.Name is "interval" or "date" => TypeChangeData.SilentChange,
            _ when source.Is(Texts) => to.Name is "json" or "uuid" or "bytea" or "xml" ? TypeChangeData.MayFail : TypeChangeData.MayFailOrChange,
            _ => TypeChangeData.MayFailOrChange,
        };
    }

    private static TypeChangeData Same(PgType source, PgType to, bool explicitCast) => source.Name switch
    {
        "character varying" or "character" or "bit varying" => Fits(source.Modifier, to.Modifier) ? TypeChangeData.Lossless : explicitCast ? TypeChangeData.SilentChange : TypeChangeData.MayFail,
        "bit" => explicitCast ? (to.Modifier >= source.Modifier ? TypeChangeData.Lossless : TypeChangeData.SilentChange) : TypeChangeData.MayFail,
        "numeric" => Numeric(source, to),
        "interval" when to.Fields is not null && to.Fields != source.Fields => TypeChangeData.SilentChange,
        _ => (to.Modifier ?? 6) >= (source.Modifier ?? 6) ? TypeChangeData.Lossless : TypeChangeData.SilentChange,
    };

    private static TypeChangeData Numeric(PgType source, PgType to)
    {
        if (to.Modifiers.Count == 0)
        {
            return TypeChangeData.Lossless;
        }

        if (source.Modifiers.Count == 0)
        {
            return TypeChangeData.MayFailOrChange;
        }

        int fromScale = source.Modifiers.Count > 1 ? source.Modifiers[1] : 0;
        int toScale = to.Modifiers.Count > 1 ? to.Modifiers[1] : 0;
        bool fits = to.Modifier - toScale >= source.Modifier - fromScale;
        return (fits, toScale >= fromScale) switch
        {
            (true, true) => TypeChangeData.Lossless,
            (false, true) => TypeChangeData.MayFail,
            (true, false) => TypeChangeData.SilentChange,
            _ => TypeChangeData.MayFailOrChange,
        };
    }

    private static TypeChangeData Numbers(PgType source, PgType to)
    {
        int fromWidth = Array.IndexOf(Integers, source.Name);
        int toWidth = Array.IndexOf(Integers, to.Name);
        if (fromWidth >= 0 && toWidth >= 0)
        {
            return toWidth >= fromWidth ? TypeChangeData.Lossless : TypeChangeData.MayFail;
        }

        return (source.Name, to.Name) switch
        {
            (_, "numeric") when fromWidth >= 0 && to.Modifiers.Count == 0 => TypeChangeData.Lossless,
            (_, "numeric") when fromWidth >= 0 => to.Modifier - (to.Modifiers.Count > 1 ? to.Modifiers[1] : 0) >= Digits[fromWidth] ? TypeChangeData.Lossless : TypeChangeData.MayFail,
            ("smallint", "real") or ("smallint" or "integer" or "real", "double precision") => TypeChangeData.Lossless,
            (_, "real" or "double precision") when fromWidth >= 0 => TypeChangeData.SilentChange,
            ("numeric", _) when toWidth >= 0 && source.Modifiers is [_] or [_, 0] => source.Modifier <= toWidth switch { 0 => 4, 1 => 9, _ => 18 } ? TypeChangeData.Lossless : TypeChangeData.MayFail,
            _ => TypeChangeData.MayFailOrChange,
        };
    }

    private static TypeChangeData ToText(PgType source, PgType to, bool explicitCast)
    {
        if (to.Modifier is null && to.Name != "name")
        {
            return TypeChangeData.Lossless;
        }

        bool text = source.Is("character varying", "character");
        if (text && Fits(source.Modifier, to.Modifier))
        {
            return TypeChangeData.Lossless;
        }

        int? longest = source.Name switch { "smallint" => 6, "integer" => 11, "bigint" => 20, "uuid" => 36, "boolean" => 5, _ => null };
        if (longest <= to.Modifier)
        {
            return TypeChangeData.Lossless;
        }

        // An explicit cast cuts, as one to name always does; the assignment cast of an ALTER without USING refuses what is too long, and takes only blanks off the end.
        return explicitCast || to.Name == "name" ? TypeChangeData.SilentChange : TypeChangeData.MayFail;
    }

    private static bool Fits(int? source, int? to) => to is null || source <= to;

    private static bool IsNumber(PgType type) => type.Is("smallint", "integer", "bigint", "numeric", "real", "double precision");

    private static bool TimesAssign(string source, string to) => (source, to) switch
    {
        ("date", "timestamp without time zone" or "timestamp with time zone") => true,
        ("timestamp without time zone" or "timestamp with time zone", "date" or "timestamp without time zone" or "timestamp with time zone" or "time without time zone" or "time with time zone") => true,
        ("time without time zone", "time with time zone" or "interval") or ("time with time zone", "time without time zone") or ("interval", "time without time zone") => true,
        _ => false,
    };

    private static bool IsColumn(PgExpression expression, string column) => expression.Calls.Count == 0 && expression.Names is [var only] && only == column && !expression.Text.Contains("::", StringComparison.Ordinal) && !expression.Text.Any("+-*/|".Contains);
}
