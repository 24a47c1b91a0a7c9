using System.Globalization;
using System.Text;

using SafeDb.Schema;

using static SafeDb.PostgreSql.Schema.Kinds.SqlFragments;

namespace SafeDb.PostgreSql.Schema.Kinds;

/// <summary>Tables of all sorts: plain, partitioned, partitions, inherited, typed, foreign. Columns come from <see cref="ColumnCatalog"/>.</summary>
internal static class TableKind
{
    /// <summary>Reads the tables.</summary>
    public static async Task<List<CatalogObject>> ReadAsync(CatalogReader reader, ILookup<uint, CatalogColumn> columns, bool secrets, CancellationToken cancellationToken)
    {
        List<TableRow> rows = await reader.QueryAsync(Sql(reader.Version, secrets), Map, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => Build(row, columns, reader.Version))];
    }

    internal static string Sql(int version, bool secrets) => $"""
        SELECT c.oid, c.oid::regclass::text AS identity, c.relkind = 'f' AS is_foreign, c.relispartition, pg_get_userbyid(c.relowner) AS owner,
               CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' ELSE '' END AS persistence,
               CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END AS of_type,
               CASE WHEN c.relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END
                 || CASE WHEN c.relkind = 'f' THEN format(' SERVER %I', s.srvname) || {ForeignOptions("f.ftoptions", secrets)} ELSE '' END
                 || CASE WHEN am.amname <> 'heap' THEN format(' USING %I', am.amname) ELSE '' END || {StorageOptions("c.reloptions", "tc.reloptions")} AS tail,
               {ColumnSettings.Sql("TABLE ONLY", version >= 140000)}
                 || CASE WHEN c.relkind = 'f' THEN COALESCE((SELECT string_agg(format(E'\nALTER FOREIGN TABLE ONLY %s ALTER COLUMN %I%s;', c.oid::regclass, a.attname, {ForeignOptions("a.attfdwoptions")}), '' ORDER BY a.attnum)
                      FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attfdwoptions IS NOT NULL), '') ELSE '' END AS settings,
               CASE WHEN c.relispartition THEN '{"{}"}'::text[] ELSE ARRAY(SELECT i.inhparent::text FROM pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) END AS parents,
               CASE WHEN c.relispartition THEN '{"{}"}'::text[] ELSE ARRAY(SELECT i.inhparent::regclass::text FROM pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) END AS parent_names
        FROM pg_class c LEFT JOIN pg_am am ON am.oid = c.relam LEFT JOIN pg_class tc ON tc.oid = c.reltoastrelid
        LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid LEFT JOIN pg_foreign_server s ON s.oid = f.ftserver
        WHERE c.oid >= {UserOids} AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't'
        """;

    private static TableRow Map(Npgsql.NpgsqlDataReader row) => new(
        row.GetFieldValue<uint>(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetString(4), row.GetString(5), row.IsDBNull(6) ? null : row.GetString(6),
        row.GetString(7), row.GetString(8), [.. row.GetFieldValue<string[]>(9).Select(text => uint.Parse(text, CultureInfo.InvariantCulture))], row.GetFieldValue<string[]>(10));

    private static CatalogObject Build(TableRow row, ILookup<uint, CatalogColumn> columns, int version)
    {
        List<CatalogColumn> own = [.. columns[row.Id]];
        var inheritance = new Inheritance(own, [.. row.Parents.Select(parent => columns[parent].ToList())]);
        bool attachLater = inheritance.NeedsAttachment;
        var text = new StringBuilder("CREATE ").Append(row.Foreign ? "FOREIGN TABLE " : $"{row.Persistence}TABLE ").Append(row.Identity);
        if (row.OfType is not null)
            text.Append(" OF ").Append(row.OfType);
        List<string> items = [.. own.Select(column => Item(column, row, attachLater)).OfType<string>()];
        if (row.OfType is null || items.Count > 0)
            text.Append(" (").AppendJoin(',', items.Select(item => "\n    " + item)).Append(items.Count > 0 ? "\n)" : ")");
        if (row.ParentNames.Count > 0 && !attachLater)
            text.Append(" INHERITS (").AppendJoin(", ", row.ParentNames).Append(')');
        text.Append(row.Tail).Append(';').Append(row.Settings);
        AppendInherited(text, row, inheritance, attachLater, version);
        return new CatalogObject(new ObjectAddress(CatalogClass.Relation, row.Id), row.Foreign ? "foreign table" : "table", row.Identity, text.ToString())
        {
            Spec = row.Foreign ? $"FOREIGN TABLE {row.Identity}" : $"TABLE {row.Identity}",
            Owner = row.Owner,
            After = [.. row.Parents.Select(parent => new ObjectAddress(CatalogClass.Relation, parent))],
        };
    }

    /// <summary>The column's line in CREATE TABLE, or null when it comes from a parent or from the row type unchanged.</summary>
    private static string? Item(CatalogColumn column, TableRow row, bool attachLater)
    {
        if (row.OfType is not null)
            return column.NotNullClause.Length > 0 ? $"{column.QuotedName} WITH OPTIONS{column.NotNullClause}" : null;
        if (!column.Local && !row.Partition && !attachLater)
            return null;
        string generated = column.Generation switch
        {
            's' => $" GENERATED ALWAYS AS ({column.Expression}) STORED",
            'v' => $" GENERATED ALWAYS AS ({column.Expression}) VIRTUAL",
            _ => "",
        };
        return $"{column.QuotedName} {column.Type}{column.Collate}{generated}{column.NotNullClause}";
    }

    private static void AppendInherited(StringBuilder text, TableRow row, Inheritance inheritance, bool attachLater, int version)
    {
        if (attachLater)
        {
            foreach (string parent in row.ParentNames)
                text.Append(CultureInfo.InvariantCulture, $"\nALTER TABLE ONLY {row.Identity} INHERIT {parent};");
            return;
        }

        if (row.Parents.Count == 0 || row.OfType is not null)
            return;
        foreach (CatalogColumn column in inheritance.StricterThanParents)
        {
            text.Append(version >= 180000
                ? $"\nALTER TABLE ONLY {row.Identity} ADD{column.NotNullClause} {column.QuotedName};"
                : $"\nALTER TABLE ONLY {row.Identity} ALTER COLUMN {column.QuotedName} SET NOT NULL;");
        }
    }

    private sealed record TableRow(
        uint Id, string Identity, bool Foreign, bool Partition, string Owner, string Persistence, string? OfType, string Tail, string Settings,
        IReadOnlyList<uint> Parents, IReadOnlyList<string> ParentNames);
}
