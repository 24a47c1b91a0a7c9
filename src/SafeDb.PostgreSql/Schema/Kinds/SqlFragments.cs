namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Pieces of SQL that several kinds share.</summary>
internal static class SqlFragments
{
    /// <summary>Oids below this one were given by initdb.</summary>
    public const string UserOids = "16384";

    /// <summary>A role's name.</summary>
    public static string Owner(string column) => $"pg_catalog.pg_get_userbyid({column}) AS owner";

    /// <summary>A qualified, quoted name.</summary>
    public static string Name(string alias, string column) => $"pg_catalog.format('%I.%I', n.nspname, {alias}.{column})";

    /// <summary><c> WITH (a='1', b='2')</c> of a reloptions array and, for tables, their TOAST table's; empty when there are none.</summary>
    public static string StorageOptions(string own, string? toast = null)
    {
        string all = toast is null ? $"SELECT o, place FROM pg_catalog.unnest({own}) WITH ORDINALITY u(o, place)"
            : $"SELECT o, place FROM pg_catalog.unnest({own}) WITH ORDINALITY u(o, place) UNION ALL SELECT 'toast.' || o, 1000 + place FROM pg_catalog.unnest({toast}) WITH ORDINALITY u(o, place)";
        return $"COALESCE((SELECT ' WITH (' || pg_catalog.string_agg(pg_catalog.format('%s=%L', pg_catalog.split_part(q.o, '=', 1), pg_catalog.substr(q.o, pg_catalog.strpos(q.o, '=') + 1)), ', ' ORDER BY q.place) || ')' FROM ({all}) q), '')";
    }

    /// <summary><c> OPTIONS (a '1')</c> of a foreign-data options array; empty when there are none.</summary>
    public static string ForeignOptions(string column, bool secrets = true)
    {
        // The wrappers' own names for what must not be shown; the archive itself is sealed and keeps them.
        const string Hidden = "pg_catalog.lower(o.option_name) ~ '(pass|secret|token|key)'";
        string value = secrets ? "o.option_value" : $"CASE WHEN {Hidden} THEN '********' ELSE o.option_value END";
        return $"COALESCE((SELECT ' OPTIONS (' || pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, {value}), ', ' ORDER BY o.place) || ')' FROM pg_catalog.pg_options_to_table({column}) WITH ORDINALITY o(option_name, option_value, place)), '')";
    }

    /// <summary><c> COLLATE x</c> when a column's or type's collation is not its type's own.</summary>
    public static string Collate(string collation, string typeCollation) =>
        $"CASE WHEN {collation} <> 0 AND {collation} <> {typeCollation} THEN ' COLLATE ' || (SELECT pg_catalog.format('%I.%I', cn.nspname, co.collname) FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = {collation}) ELSE '' END";
}
