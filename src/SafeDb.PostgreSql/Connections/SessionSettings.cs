using System.Globalization;
using System.Text;

using Npgsql;

namespace SafeDb.PostgreSql.Connections;

/// <summary>
/// The settings under which SafeDb's own sessions read and load. Reading gives every value one canonical text on every server and for every role, so that fingerprints are
/// comparable. Settings that a server does not know are left out, found by asking it: versions of the same major differ.
/// </summary>
internal static class SessionSettings
{
    // The second CVE-2024-7348 family setting came in minor releases; transaction_timeout came in 17. Compiling a plan that runs once costs more than it saves.
    private static readonly (string Name, string Value)[] Always =
    [
        ("jit", "off"),
        ("statement_timeout", "0"), ("lock_timeout", "0"), ("idle_in_transaction_session_timeout", "0"), ("transaction_timeout", "0"), ("idle_session_timeout", "0"),
    ];

    private static readonly (string Name, string Value)[] Reading =
    [
        ("search_path", ""), ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"), ("extra_float_digits", "3"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
        ("quote_all_identifiers", "off"), ("lc_monetary", "C"), ("lc_messages", "C"), ("xmlbinary", "base64"), ("xmloption", "content"), ("row_security", "off"),
        ("synchronize_seqscans", "off"), ("standard_conforming_strings", "on"), ("escape_string_warning", "off"), ("array_nulls", "on"), ("backslash_quote", "safe_encoding"),
        ("restrict_nonsystem_relation_kind", "view, foreign-table"),
    ];

    private static readonly (string Name, string Value)[] Loading =
    [
        ("search_path", ""), ("DateStyle", "ISO, YMD"), ("IntervalStyle", "postgres"), ("extra_float_digits", "3"), ("TimeZone", "UTC"), ("bytea_output", "hex"),
        ("lc_monetary", "C"), ("lc_messages", "C"), ("xmlbinary", "base64"), ("xmloption", "content"), ("row_security", "off"), ("standard_conforming_strings", "on"),
        ("array_nulls", "on"), ("check_function_bodies", "off"), ("default_transaction_read_only", "off"), ("default_tablespace", ""), ("default_table_access_method", "heap"),
        ("synchronous_commit", "off"), ("event_triggers", "off"), ("client_min_messages", "warning"), ("vacuum_cost_delay", "0"),
    ];

    /// <summary>SET LOCAL statements for a reading transaction; they take no snapshot, so an imported one may follow.</summary>
    public static async Task<string> ReadingAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        Statements("SET LOCAL ", [.. Always, .. Reading], await KnownAsync(connection, cancellationToken).ConfigureAwait(false));

    /// <summary>SET statements for a session that loads. Index builds may use the given share of memory.</summary>
    public static async Task<string> LoadingAsync(NpgsqlConnection connection, int maintenanceMegabytes, CancellationToken cancellationToken)
    {
        (string Name, string Value)[] memory = [("maintenance_work_mem", string.Create(CultureInfo.InvariantCulture, $"{maintenanceMegabytes}MB"))];
        return Statements("SET ", [.. Always, .. Loading, .. memory], await KnownAsync(connection, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<HashSet<string>> KnownAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(
            "SELECT name FROM pg_catalog.pg_settings WHERE context = 'user' OR (context = 'superuser' AND pg_catalog.current_setting('is_superuser') = 'on')",
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row[0]!)];
    }

    private static string Statements(string verb, IEnumerable<(string Name, string Value)> settings, HashSet<string> known)
    {
        var sql = new StringBuilder();
        foreach ((string name, string value) in settings.Where(setting => known.Contains(setting.Name)))
        {
            sql.Append(verb).Append(name).Append(" = ").Append(Identifiers.Literal(value)).Append("; ");
        }

        return sql.ToString();
    }
}
