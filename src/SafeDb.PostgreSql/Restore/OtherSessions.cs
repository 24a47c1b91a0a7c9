using System.Globalization;

using Npgsql;

using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Sessions;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// Sessions of others in a database that takes part in a swap. A user may end those of roles that he is a member of; with pg_signal_backend all but those of superusers; a superuser all. The server tells
/// nobody else of what sort a session is, but a cleaner of its own has no user, and it ends those itself.
/// </summary>
internal static class OtherSessions
{
    private const int NamesShown = 10;

    // A monitor that looks in and goes is not in the way: who is there at every look is.
    private const int Looks = 5;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(400);

    private const string From = """
        FROM pg_catalog.pg_stat_activity s JOIN pg_catalog.pg_roles c ON c.rolname = current_user LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.usesysid
        WHERE s.datname = ANY ($1) AND s.pid <> pg_catalog.pg_backend_pid() AND s.backend_type IS DISTINCT FROM 'autovacuum worker'
        """;

    private const string MayEnd = """
        (c.rolsuper OR (s.usesysid IS NOT NULL AND NOT COALESCE(r.rolsuper, false) AND (pg_catalog.pg_has_role(s.usesysid, 'USAGE') OR pg_catalog.pg_has_role('pg_signal_backend', 'USAGE'))))
        """;

    /// <summary>Ends those that the user may end; gives process and database of each.</summary>
    public static Task<IReadOnlyList<string?[]>> EndAsync(NpgsqlConnection connection, string[] databases) =>
        connection.RowsAsync($"SELECT s.pid, s.datname, pg_catalog.pg_terminate_backend(s.pid) {From} AND {MayEnd}", CancellationToken.None, (object)databases);

    /// <summary>Fails when sessions stay that the user may not end, at which a swap would fail when the whole copy was loaded; gives the number of those that he may end.</summary>
    public static async Task<int> CheckAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        HashSet<string>? stayed = null;
        for (int look = 1; ; look++)
        {
            IReadOnlyDictionary<string, string> beyond = await BeyondReachAsync(connection, database, cancellationToken).ConfigureAwait(false);
            stayed = [.. beyond.Keys.Where(session => stayed?.Contains(session) != false)];
            if (stayed.Count == 0)
            {
                return int.Parse(
                    (await connection.ScalarAsync($"SELECT pg_catalog.count(*) {From} AND {MayEnd}", cancellationToken, (object)new[] { database }).ConfigureAwait(false))!, CultureInfo.InvariantCulture);
            }

            if (look == Looks)
            {
                throw PostgreSqlRestoreErrors.SessionsRemain.Exception(database, Text(beyond.Where(session => stayed.Contains(session.Key)).Select(session => session.Value)));
            }

            await Task.Delay(BetweenLooks, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Those that the user may not end, by process; the text names each.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> BeyondReachAsync(NpgsqlConnection connection, string database, CancellationToken cancellationToken) =>
        (await connection.RowsAsync($"SELECT s.pid, {SessionText.Of("s")} {From} AND s.usesysid IS NOT NULL AND NOT {MayEnd} ORDER BY s.pid", cancellationToken, (object)new[] { database }).ConfigureAwait(false))
        .ToDictionary(row => row[0]!, row => row[1]!, StringComparer.Ordinal);

    /// <summary>Names some of them in one text.</summary>
    public static string Text(IEnumerable<string> sessions) => Counted.First([.. sessions], NamesShown, "session");
}
