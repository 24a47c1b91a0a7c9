using System.Globalization;
using System.Text.Json;

using SafeDb.MaintenanceModes;
using SafeDb.PostgreSql.Schema.Parts;

namespace SafeDb.PostgreSql.Schema.Facts;

/// <summary>The database itself: what CREATE DATABASE needs, and the statements that give it its owner, settings, privileges and comment. Maintenance is a state of the live database and none of them.</summary>
public static class DatabaseProperties
{
    /// <summary>Stands for the database's quoted name in the statements.</summary>
    public const string Placeholder = "{database}";

    /// <summary>Key of the statements in the properties: a JSON array of texts.</summary>
    public const string StatementsKey = "statements";

    private const string Current = "current_database()";

    // Settings whose value is a list of names, each quoted on its own.
    private static readonly HashSet<string> Lists = new(StringComparer.OrdinalIgnoreCase)
    {
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries", "temp_tablespaces", "unix_socket_directories",
    };

    /// <summary>The statements for a database of this name. Owner and privileges come in the same list and can be told by how they begin (ALTER DATABASE … OWNER, GRANT, REVOKE).</summary>
    public static IReadOnlyList<string> Statements(IReadOnlyDictionary<string, string> properties, string database) =>
        properties.TryGetValue(StatementsKey, out string? json)
            ? [.. JsonSerializer.Deserialize<string[]>(json)!.Select(statement => Named(statement, database))]
            : [];

    // A comment or a value behind the name may hold the very same text.
    private static string Named(string statement, string database)
    {
        const string Of = $"DATABASE {Placeholder}";
        int at = statement.IndexOf(Of, StringComparison.Ordinal);
        return at < 0 ? statement : $"{statement[..at]}DATABASE {SqlText.Identifier(database)}{statement[(at + Of.Length)..]}";
    }

    /// <summary>Reads them. They lie in catalogues that all databases of a server share.</summary>
    /// <param name="reader">A connection to any database of the server.</param>
    /// <param name="database">The database's name; null for the one of the connection.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<Dictionary<string, string>> ReadAsync(CatalogReader reader, string? database, CancellationToken cancellationToken)
    {
        string name = database is null ? Current : SqlText.Literal(database);
        List<Dictionary<string, string>> rows = await reader.QueryAsync(Sql(reader.Version, name), Map, cancellationToken).ConfigureAwait(false);
        Dictionary<string, string> properties = rows[0];
        var statements = new List<string> { $"ALTER DATABASE {Placeholder} OWNER TO {SqlText.Identifier(properties["owner"])};" };
        if (!string.Equals(properties["connectionLimit"], "-1", StringComparison.Ordinal))
            statements.Add($"ALTER DATABASE {Placeholder} CONNECTION LIMIT {properties["connectionLimit"]};");
        statements.AddRange(await ReadSettingsAsync(reader, name, cancellationToken).ConfigureAwait(false));
        if (properties.TryGetValue("comment", out string? comment))
            statements.Add($"COMMENT ON DATABASE {Placeholder} IS {SqlText.Literal(comment)};");
        statements.AddRange(await ReadPrivilegesAsync(reader, name, properties["owner"], cancellationToken).ConfigureAwait(false));
        statements.AddRange(await reader.QueryAsync(
            $"SELECT l.provider, l.label FROM pg_shseclabel l JOIN pg_database d ON d.oid = l.objoid WHERE l.classoid = 'pg_database'::regclass AND d.datname = {name} ORDER BY 1",
            row => $"SECURITY LABEL FOR {SqlText.Identifier(row.GetString(0))} ON DATABASE {Placeholder} IS {SqlText.Literal(row.GetString(1))};", cancellationToken).ConfigureAwait(false));
        properties[StatementsKey] = JsonSerializer.Serialize(statements);
        return properties;
    }

    internal static string Sql(int version, string name = Current)
    {
        string provider = version >= 150000 ? "d.datlocprovider::text" : "'c'";
        string locale = version >= 170000 ? "d.datlocale" : version >= 150000 ? "d.daticulocale" : "NULL::text";
        string rules = version >= 160000 ? "d.daticurules" : "NULL::text";
        string collationVersion = version >= 150000 ? "d.datcollversion" : "NULL::text";
        return $"""
            SELECT d.datname::text AS name, pg_encoding_to_char(d.encoding)::text AS encoding, d.datcollate::text AS "collate", d.datctype::text AS ctype, {provider} AS "localeProvider", {locale} AS locale,
                   {rules} AS "icuRules", {collationVersion} AS "collationVersion", pg_get_userbyid(d.datdba)::text AS owner, s.spcname::text AS tablespace, d.datconnlimit::text AS "connectionLimit",
                   shobj_description(d.oid, 'pg_database') AS comment, current_setting('server_version_num') AS "serverVersion"
            FROM pg_database d JOIN pg_tablespace s ON s.oid = d.dattablespace WHERE d.datname = {name}
            """;
    }

    private static Dictionary<string, string> Map(Npgsql.NpgsqlDataReader row) => Enumerable.Range(0, row.FieldCount)
        .Where(column => !row.IsDBNull(column)).ToDictionary(row.GetName, row.GetString, StringComparer.Ordinal);

    /// <summary>The mark of maintenance that the database bears; null when it is not under maintenance.</summary>
    /// <param name="reader">A connection to any database of the server.</param>
    /// <param name="database">The database's name.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<MaintenanceMark?> ReadMaintenanceAsync(CatalogReader reader, string database, CancellationToken cancellationToken) =>
        MarkOf(await ReadRowsAsync(reader, SqlText.Literal(database), cancellationToken).ConfigureAwait(false));

    /// <summary>The statement that sets something for everybody in the database.</summary>
    internal static string Setting(string database, string name, string value) => SettingOf($"ALTER DATABASE {SqlText.Identifier(database)}", name, value);

    // As they are when maintenance ends.
    private static async Task<IEnumerable<string>> ReadSettingsAsync(CatalogReader reader, string name, CancellationToken cancellationToken)
    {
        List<(string? Role, string Name, string Value)> rows = await ReadRowsAsync(reader, name, cancellationToken).ConfigureAwait(false);
        if (MarkOf(rows) is { } mark)
        {
            rows.RemoveAll(row => row is { Role: null, Name: PostgreSqlMaintenanceMode.Mark or PostgreSqlMaintenanceMode.ReadOnly });
            if (mark.Previous is { } previous)
                rows.Insert(0, (null, PostgreSqlMaintenanceMode.ReadOnly, previous));
        }

        return rows.Select(row => SettingOf(row.Role is null ? $"ALTER DATABASE {Placeholder}" : $"ALTER ROLE {SqlText.Identifier(row.Role)} IN DATABASE {Placeholder}", row.Name, row.Value));
    }

    private static MaintenanceMark? MarkOf(List<(string? Role, string Name, string Value)> rows) =>
        rows.Where(row => row is { Role: null, Name: PostgreSqlMaintenanceMode.Mark }).Select(row => MaintenanceMark.FromJson(row.Value)).FirstOrDefault();

    private static Task<List<(string? Role, string Name, string Value)>> ReadRowsAsync(CatalogReader reader, string name, CancellationToken cancellationToken) => reader.QueryAsync(
        $"""
        SELECT r.rolname::text, split_part(c.setting, '=', 1), substr(c.setting, strpos(c.setting, '=') + 1)
        FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase LEFT JOIN pg_roles r ON r.oid = s.setrole CROSS JOIN LATERAL unnest(s.setconfig) c(setting)
        WHERE d.datname = {name} ORDER BY r.rolname COLLATE "C" NULLS FIRST, c.setting COLLATE "C"
        """,
        row => (row.IsDBNull(0) ? null : row.GetString(0), row.GetString(1), row.GetString(2)), cancellationToken);

    private static string SettingOf(string target, string name, string value)
    {
        // A name with a dot (an extension's setting) is two identifiers.
        string setting = string.Join('.', name.Split('.').Select(SqlText.Identifier));
        string to = Lists.Contains(name) ? string.Join(", ", SplitNames(value).Select(SqlText.Literal)) : SqlText.Literal(value);
        return string.Create(CultureInfo.InvariantCulture, $"{target} SET {setting} TO {(to.Length == 0 ? "''" : to)};");
    }

    /// <summary>Splits <c>"$user", public</c> into its names.</summary>
    private static List<string> SplitNames(string value)
    {
        var names = new List<string>();
        for (int position = 0; position < value.Length;)
        {
            if (value[position] is ' ' or ',')
            {
                position++;
            }
            else if (value[position] == '"')
            {
                int end = position + 1;
                while (end < value.Length && (value[end] != '"' || (end + 1 < value.Length && value[end + 1] == '"')))
                    end += value[end] == '"' ? 2 : 1;
                names.Add(value[(position + 1)..Math.Min(end, value.Length)].Replace("\"\"", "\"", StringComparison.Ordinal));
                position = end + 1;
            }
            else
            {
                int end = value.IndexOf(',', position) is var comma and >= 0 ? comma : value.Length;
                names.Add(value[position..end].Trim());
                position = end;
            }
        }

        return names;
    }

    private static async Task<List<string>> ReadPrivilegesAsync(CatalogReader reader, string name, string owner, CancellationToken cancellationToken)
    {
        List<(bool Base, PrivilegeEntry Entry)> rows = await reader.QueryAsync(
            $"""
            SELECT x.side, pg_get_userbyid(x.grantor)::text, CASE WHEN x.grantee = 0 THEN NULL ELSE pg_get_userbyid(x.grantee)::text END, x.privilege_type, x.is_grantable
            FROM pg_database d CROSS JOIN LATERAL (SELECT false AS side, * FROM aclexplode(d.datacl) UNION ALL SELECT true, * FROM aclexplode(acldefault('d', d.datdba))) x
            WHERE d.datname = {name} AND d.datacl IS NOT NULL
            """,
            row => (row.GetBoolean(0), new PrivilegeEntry(row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), row.GetBoolean(4))), cancellationToken).ConfigureAwait(false);
        return PrivilegeDifference.Statements(
            new PrivilegeTarget($"DATABASE {Placeholder}", null, owner), [.. rows.Where(row => !row.Base).Select(row => row.Entry)], [.. rows.Where(row => row.Base).Select(row => row.Entry)]);
    }
}
