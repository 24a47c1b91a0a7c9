using System.Globalization;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.MaintenanceModes;
using SafeDb.Migration.History;
using SafeDb.PostgreSql.Connections;
using SafeDb.Providers;

namespace SafeDb.PostgreSql;

/// <summary>
/// Makes a database read-only by its own settings (<c>default_transaction_read_only</c>), with the way back in another setting beside it, both in one transaction; then ends the sessions that
/// were open, so that they come back read-only. No right is taken from anybody: reading goes on, superusers are bound too, a crash leaves it as it is, and one call from anywhere ends it.
/// An application that switches its own sessions to writing is not kept out.
/// </summary>
public sealed class PostgreSqlMaintenanceMode : IMaintenanceMode
{
    /// <summary>The setting that holds the mark.</summary>
    internal const string Mark = "safedb.maintenance";

    /// <summary>The setting that makes sessions read-only.</summary>
    internal const string ReadOnly = "default_transaction_read_only";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public async Task<MaintenanceState> ReadAsync(IDatabaseSession session, DatabaseAddress database, CancellationToken cancellationToken) =>
        State(database, await MarkAsync(session, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<MaintenanceState> EnterAsync(IDatabaseSession session, DatabaseAddress database, MaintenanceRequest request, CancellationToken cancellationToken)
    {
        if (await MarkAsync(session, cancellationToken).ConfigureAwait(false) is { } already)
        {
            return State(database, already);
        }

        string name = await NameAsync(session, cancellationToken).ConfigureAwait(false);
        MaintenanceMark mark = MaintenanceMark.Of(request) with { Previous = await SettingAsync(session, ReadOnly, cancellationToken).ConfigureAwait(false) };
        await TogetherAsync(
            session, [$"ALTER DATABASE {name} SET {ReadOnly} = on", $"ALTER DATABASE {name} SET {Mark} = {Literal(mark.ToJson())}"], cancellationToken).ConfigureAwait(false);
        await DrainAsync(session, request.Drain, cancellationToken).ConfigureAwait(false);
        return await EndOthersAsync(session, State(database, mark), since: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<MaintenanceState> LeaveAsync(IDatabaseSession session, DatabaseAddress database, CancellationToken cancellationToken)
    {
        if (await MarkAsync(session, cancellationToken).ConfigureAwait(false) is not { } mark)
        {
            return State(database, null);
        }

        string name = await NameAsync(session, cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync($"SET {ReadOnly} = off", cancellationToken).ConfigureAwait(false);
        string back = mark.Previous is null ? $"ALTER DATABASE {name} RESET {ReadOnly}" : $"ALTER DATABASE {name} SET {ReadOnly} = {Literal(mark.Previous)}";
        await TogetherAsync(session, [back, $"ALTER DATABASE {name} RESET {Mark}"], cancellationToken).ConfigureAwait(false);

        // Sessions of a pool that were opened meanwhile would stay read-only for as long as they live.
        return await EndOthersAsync(session, State(database, null), mark.Since, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task AdmitAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        if (await HistoryEngine.ScalarAsync(session, $"select pg_catalog.current_setting('{Mark}', true)", cancellationToken).ConfigureAwait(false) is string { Length: > 0 })
        {
            await session.ExecuteAsync($"SET {ReadOnly} = off", cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<MaintenanceMark?> MarkAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        await SettingAsync(session, Mark, cancellationToken).ConfigureAwait(false) is { } text ? MaintenanceMark.FromJson(text) : null;

    /// <summary>A setting of the database for everybody, or null when it has none.</summary>
    private static async Task<string?> SettingAsync(IDatabaseSession session, string name, CancellationToken cancellationToken)
    {
        const string Sql = """
            select substr(item, length(@p0) + 2) from pg_catalog.pg_db_role_setting s cross join lateral unnest(s.setconfig) as item
            where s.setrole = 0 and s.setdatabase = (select oid from pg_catalog.pg_database where datname = current_database()) and item like @p0 || '=%'
            """;
        return await HistoryEngine.ScalarAsync(session, Sql, cancellationToken, name).ConfigureAwait(false) as string;
    }

    private static async Task<string> NameAsync(IDatabaseSession session, CancellationToken cancellationToken) =>
        Identifiers.Quote((string)(await HistoryEngine.ScalarAsync(session, "select current_database()::text", cancellationToken).ConfigureAwait(false))!);

    private static async Task TogetherAsync(IDatabaseSession session, string[] statements, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (string statement in statements)
            {
                await session.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            }

            await session.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await session.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until no other session has a transaction open, or the time is over.</summary>
    private static async Task DrainAsync(IDatabaseSession session, TimeSpan limit, CancellationToken cancellationToken)
    {
        const string Sql = $"select count(*) {Others} and xact_start is not null";
        for (TimeSpan waited = TimeSpan.Zero; waited < limit; waited += Poll)
        {
            if (await HistoryEngine.ScalarAsync(session, Sql, cancellationToken).ConfigureAwait(false) is 0L)
            {
                return;
            }

            await Task.Delay(Poll, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<MaintenanceState> EndOthersAsync(IDatabaseSession session, MaintenanceState state, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        const string Sql = $"select pid, coalesce(usename::text, '') {Others} and (@p0::timestamptz is null or backend_start >= @p0)";
        IReadOnlyList<object?[]> others = await HistoryEngine.QueryAsync(session, Sql, cancellationToken, since?.UtcDateTime).ConfigureAwait(false);
        int ended = 0;
        var left = new List<string>();
        foreach (object?[] other in others)
        {
            string who = string.Create(CultureInfo.InvariantCulture, $"{other[0]} ({other[1]})");
            try
            {
                await HistoryEngine.ScalarAsync(session, "select pg_catalog.pg_terminate_backend(@p0)", cancellationToken, other[0]).ConfigureAwait(false);
                ended++;
            }
            catch (SafeDbException)
            {
                // Another role's session that this one may not end: the caller is told, and decides.
                left.Add(who);
            }
        }

        return state with { SessionsEnded = ended, SessionsLeft = left };
    }

    /// <summary>Sessions of others on this database; SafeDb's own, a backup that runs for example, are let be.</summary>
    private const string Others = """
        from pg_catalog.pg_stat_activity where datname = current_database() and pid <> pg_catalog.pg_backend_pid() and backend_type = 'client backend' and application_name <> 'SafeDb'
        """;

    private static MaintenanceState State(DatabaseAddress database, MaintenanceMark? mark) => new()
    {
        Database = database.ConfiguredName ?? database.Display, Engine = DatabaseEngine.PostgreSql, On = mark is not null, Since = mark?.Since, Reason = mark?.Reason, By = mark?.By, RunId = mark?.RunId,
        Enforced = true, Effect = mark is null ? "Everybody reads and writes." : "New transactions of others are read-only; reading goes on.",
    };

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
