using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>One column as the catalogue has it.</summary>
internal sealed record CatalogColumn(
    uint Relation, string Name, string QuotedName, string Type, string Collate, bool NotNull, string NotNullClause, string? Expression, char Generation, bool Local, int PrimaryKeyPosition)
{
    public bool Generated => Generation is 's' or 'v';

    public SchemaColumn ToSchemaColumn() =>
        new(Name, Type, NotNull) { Default = Generated ? null : Expression, Generated = Generated, PrimaryKeyPosition = PrimaryKeyPosition };
}

/// <summary>The columns of every table and view.</summary>
internal static class ColumnCatalog
{
    /// <summary>The columns by their relation's oid, in order.</summary>
    public static async Task<ILookup<uint, CatalogColumn>> ReadAsync(CatalogReader reader, CancellationToken cancellationToken)
    {
        List<CatalogColumn> columns = await reader.QueryAsync(Sql(reader.Version), Map, cancellationToken).ConfigureAwait(false);
        return columns.ToLookup(column => column.Relation);
    }

    internal static string Sql(int version)
    {
        // From 18 on every NOT NULL is a constraint with a name, and may not reach the children. One that was never validated comes after the rows.
        string notNull = version >= 180000
            ? "COALESCE(format(' CONSTRAINT %I NOT NULL%s', nn.conname, CASE WHEN nn.connoinherit THEN ' NO INHERIT' ELSE '' END), '')"
            : "CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END";
        string notNullJoin = version >= 180000
            ? "LEFT JOIN pg_constraint nn ON nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum AND nn.convalidated AND (nn.conislocal OR c.relispartition)"
            : "";
        return $"""
            SELECT a.attrelid, a.attname::text, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), {Collate("a.attcollation", "t.typcollation")}, a.attnotnull, {notNull},
                   pg_get_expr(f.adbin, f.adrelid), a.attgenerated::text, a.attislocal, COALESCE(array_position(pk.conkey, a.attnum), 0)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
            LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
            LEFT JOIN pg_constraint pk ON pk.conrelid = a.attrelid AND pk.contype = 'p' {notNullJoin}
            WHERE a.attrelid >= {UserOids} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relpersistence <> 't'
            ORDER BY a.attrelid, a.attnum
            """;
    }

    private static CatalogColumn Map(Npgsql.NpgsqlDataReader row) => new(
        row.GetFieldValue<uint>(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetBoolean(5), row.GetString(6),
        row.IsDBNull(7) ? null : row.GetString(7), row.GetString(8) is { Length: > 0 } generation ? generation[0] : ' ', row.GetBoolean(9), row.GetInt32(10));
}
