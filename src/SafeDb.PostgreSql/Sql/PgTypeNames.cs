using System.Collections.Frozen;

namespace SafeDb.PostgreSql.Sql;

/// <summary>The many spellings of built-in types.</summary>
internal static class PgTypeNames
{
    private static readonly FrozenDictionary<string, string> Spellings = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["int"] = "integer", ["int4"] = "integer", ["integer"] = "integer", ["int2"] = "smallint", ["smallint"] = "smallint", ["int8"] = "bigint", ["bigint"] = "bigint",
        ["bool"] = "boolean", ["boolean"] = "boolean", ["float4"] = "real", ["real"] = "real", ["float8"] = "double precision", ["float"] = "double precision",
        ["decimal"] = "numeric", ["dec"] = "numeric", ["numeric"] = "numeric", ["varchar"] = "character varying", ["char"] = "character", ["bpchar"] = "character",
        ["character"] = "character", ["timestamptz"] = "timestamp with time zone", ["timestamp"] = "timestamp without time zone", ["timetz"] = "time with time zone",
        ["time"] = "time without time zone", ["varbit"] = "bit varying",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> BuiltIn = (
        "integer smallint bigint boolean real numeric text character|character varying|double precision|timestamp with time zone|timestamp without time zone|time with time zone|" +
        "time without time zone|bit varying|bit uuid json jsonb xml bytea date interval inet cidr macaddr macaddr8 money name oid point line lseg box path polygon circle tsvector " +
        "tsquery int4range int8range numrange tsrange tstzrange daterange regclass regtype pg_lsn txid_snapshot jsonpath xid").Split([' ', '|'])
        .Concat(["character varying", "double precision", "timestamp with time zone", "timestamp without time zone", "time with time zone", "time without time zone", "bit varying"])
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> WithoutOrder = "json xml point line lseg box path polygon circle".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether a canonical name is a type that no btree and no hash index can hold.</summary>
    public static bool HasNoOrder(string canonical) => WithoutOrder.Contains(canonical);

    /// <summary>The name under which the server shows a type.</summary>
    public static string Canonical(string name) => Spellings.GetValueOrDefault(name, name);

    /// <summary>Whether a canonical name is a type of the server's own.</summary>
    public static bool IsBuiltIn(string canonical) => BuiltIn.Contains(canonical);
}
