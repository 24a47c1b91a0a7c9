using SafeDb.PostgreSql.Sql;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>Words for what a change of type does to values, and the questions that count them.</summary>
internal static class TypeLoss
{
    private static readonly string[] Numbers = ["numeric", "real", "double precision", "smallint", "integer", "bigint"];

    /// <summary>What happens to values that do not fit.</summary>
    public static string Describe(PgType old, PgType target) => (old.Name, target.Name) switch
    {
        ("json", "jsonb") => "duplicate keys, the order of keys and blanks are lost",
        ("inet", "cidr") => "host bits are set to zero",
        ("timestamp with time zone", "timestamp without time zone" or "date" or "time without time zone") => "the time zone is dropped and values shift to the session's zone",
        ("timestamp without time zone", "date") => "the time of day is cut off",
        ("timestamp without time zone", "time without time zone") => "the date is cut off",
        ("time with time zone", "time without time zone") => "the offset is dropped",
        (_, "boolean") when Numbers.Contains(old.Name) => "every number but 0 becomes true",
        ("numeric", "money") => "decimals beyond the currency's are rounded",
        _ when old.Name == target.Name && old.Name is "timestamp without time zone" or "timestamp with time zone" or "interval" or "time without time zone" or "time with time zone" => "fractions of seconds are rounded",
        _ when Numbers.Contains(target.Name) && Numbers.Contains(old.Name) => "decimals are rounded",
        _ when target.Name.Contains("char", StringComparison.Ordinal) || target.Name.StartsWith("bit", StringComparison.Ordinal) || target.Name == "name" => "longer values are cut",
        _ => "values may change",
    };

    /// <summary>Whether a value can be cast back and compared.</summary>
    public static bool IsComparable(PgType old, PgType target) => old.Dimensions == 0 && !old.Is("json", "xml", "point", "inet") && target.Name != "boolean" && !(old.Name.StartsWith("time", StringComparison.Ordinal) && target.Name.StartsWith("time", StringComparison.Ordinal) && old.Name != target.Name);

    /// <summary>Counts values outside the new type's range or length, where that can be said in one comparison.</summary>
    public static IReadOnlyList<RiskProbe> RangeProbe(string table, string column, PgType old, PgType target)
    {
        string name = PgName.Quote(column);
        string? condition = target switch
        {
            { Name: "character varying" or "character", Modifier: { } length, Dimensions: 0 } => $"length(rtrim({name}::text)) > {length}",
            { Name: "smallint" } when Numbers.Contains(old.Name) => $"{name} NOT BETWEEN -32768 AND 32767",
            { Name: "integer" } when Numbers.Contains(old.Name) => $"{name} NOT BETWEEN -2147483648 AND 2147483647",
            { Name: "bigint" } when Numbers.Contains(old.Name) => $"{name} NOT BETWEEN -9223372036854775808 AND 9223372036854775807",
            { Name: "numeric", Modifiers: [var precision, ..] modifiers } when Numbers.Contains(old.Name) => $"abs({name}) >= 1e{precision - (modifiers.Count > 1 ? modifiers[1] : 0)}",
            { Name: "bit varying", Modifier: { } bits, Dimensions: 0 } when old.Name.StartsWith("bit", StringComparison.Ordinal) => $"length({name}) > {bits}",
            { Name: "bit", Dimensions: 0 } when old.Name.StartsWith("bit", StringComparison.Ordinal) => $"length({name}) <> {target.Modifier ?? 1}",
            _ => null,
        };
        return condition is null ? [] : [new RiskProbe($"values of {table}.{column} that do not fit {target.Sql}", $"SELECT count(*) FROM {table} WHERE {condition}") { LevelWhenAny = RiskLevel.Dangerous }];
    }
}
