using Npgsql;

using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// Puts the copy in the target's place: both renames and all that belongs to the name in one transaction. There is no moment, and no point at which a killed process could leave
/// it, where the name leads nowhere. The first rename takes the server's lock on the database, so sessions that come while it waits for the old ones to end are held back by the
/// server itself and no switch such as ALLOW_CONNECTIONS is needed, which a dead process would leave off.
/// </summary>
internal sealed class DatabaseSwap(ServerConnections maintenance, IOperationObserver observer, TimeProvider time)
{
    private const int Attempts = 6;

    /// <summary>
    /// Tries out on the copy what the swap will say of the database itself, and takes it back: what this user may not say shows itself before the rows are loaded, not after. Who owns the database and
    /// who may do what fails then; settings that are for others to make are given back, to be left out.
    /// </summary>
    public async Task<IReadOnlyList<string>> RehearseAsync(IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        var refused = new List<string>();
        await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        foreach (string statement in settings)
        {
            try
            {
                await connection.ExecuteAsync("SAVEPOINT safedb", cancellationToken).ConfigureAwait(false);
                await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failed) when (failed.Error.EngineCode == PostgresErrorCodes.InsufficientPrivilege && DatabaseSettings.IsSetting(statement))
            {
                await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT safedb", cancellationToken).ConfigureAwait(false);
                refused.Add(statement);
            }
            catch (SafeDbException failed) when (failed.Error.EngineCode is { } code)
            {
                throw new SafeDbException(PostgreSqlRestoreErrors.SettingFailed.Error(DatabaseSettings.Shown(statement), failed.Message) with { EngineCode = code }, failed);
            }
        }

        await connection.ExecuteAsync("ROLLBACK", cancellationToken).ConfigureAwait(false);
        return refused;
    }

    /// <summary>Gives the copy its final name where no database has that name.</summary>
    public Task TakeFreeNameAsync(string copy, string target, IReadOnlyList<string> settings, CancellationToken cancellationToken) =>
        RunAsync(target, null, [$"ALTER DATABASE {Identifiers.Quote(copy)} RENAME TO {Identifiers.Quote(target)}", .. settings], copy, cancellationToken);

    /// <summary>Swaps; gives the name under which the old database is kept.</summary>
    public async Task<string> ReplaceAsync(string copy, string target, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        string before = await FreeNameAsync(target, cancellationToken).ConfigureAwait(false);
        await RunAsync(
            target,
            target,
            [
                $"ALTER DATABASE {Identifiers.Quote(target)} RENAME TO {Identifiers.Quote(before)}",
                $"ALTER DATABASE {Identifiers.Quote(copy)} RENAME TO {Identifiers.Quote(target)}",
                .. settings,
            ],
            copy,
            cancellationToken).ConfigureAwait(false);
        return before;
    }

    /// <summary>Drops a database that held nothing.</summary>
    public async Task DropAsync(string database, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        await connection.ExecuteAsync($"DROP DATABASE {Identifiers.Quote(database)}", cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> FreeNameAsync(string target, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        for (int attempt = 0; ; attempt++)
        {
            string name = DatabaseNames.Before(target, now, attempt);
            if (await connection.ScalarAsync("SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1", cancellationToken, name).ConfigureAwait(false) is null)
            {
                return name;
            }
        }
    }

    private async Task RunAsync(string target, string? emptied, IReadOnlyList<string> statements, string copy, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        int backend = connection.ProcessID;
        string copyId = (await connection.ScalarAsync("SELECT oid::pg_catalog.int8 FROM pg_catalog.pg_database WHERE datname = $1", cancellationToken, copy).ConfigureAwait(false))
            ?? throw PostgreSqlErrors.DatabaseMissing.Exception(copy);
        await connection.ExecuteAsync("SET statement_timeout = 0; SET lock_timeout = 0; SET synchronous_commit = on", cancellationToken).ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await TryAsync(connection, emptied, copy, statements, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SafeDbException busy) when (busy.Error.EngineCode == PostgresErrorCodes.ObjectInUse)
            {
                await connection.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
                if (attempt == Attempts)
                {
                    IReadOnlyDictionary<string, string> remaining = await OtherSessions.BeyondReachAsync(connection, target, cancellationToken).ConfigureAwait(false);
                    throw PostgreSqlRestoreErrors.SessionsRemain.Caused(busy, target, remaining.Count == 0 ? busy.Message : OtherSessions.Text(remaining.Values));
                }

                observer.OnMessage(MessageLevel.Verbose, $"Sessions still hold {target}; trying the swap again.");
            }
            catch (SafeDbException lost) when (lost.Error.Kind is ErrorKind.Connection)
            {
                if (!await WasMadeAsync(copyId, target, backend, lost).ConfigureAwait(false))
                {
                    throw;
                }

                return;
            }
        }
    }

    private async Task TryAsync(NpgsqlConnection connection, string? emptied, string copy, IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int> ending = EndSessionsAsync(emptied, copy, done.Token);
        try
        {
            foreach (string statement in statements)
            {
                await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
            }

            // Beyond this point a cancellation no longer counts: the answer to COMMIT decides.
            cancellationToken.ThrowIfCancellationRequested();
            await connection.ExecuteAsync("COMMIT", CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await ((Task)ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ending is { IsCompletedSuccessfully: true, Result: > 0 and int ended })
            {
                observer.OnMessage(MessageLevel.Warning, $"{Counted.Of(ended, "session")} of others in {emptied} {Counted.Noun(ended, "was", "were")} ended for the swap; what they had not committed is rolled back.");
            }
        }
    }

    // The server waits five seconds for the sessions of a database to end while a rename holds its lock; they are ended during this wait. It ends its own cleaners itself, whom only a superuser may end.
    // Gives the number of those that used the database that is replaced; what is connected to the copy is SafeDb's own.
    private async Task<int> EndSessionsAsync(string? emptied, string copy, CancellationToken cancellationToken)
    {
        string[] databases = emptied is null ? [copy] : [emptied, copy];
        var ended = new HashSet<string>(StringComparer.Ordinal);
        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, CancellationToken.None).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        while (!cancellationToken.IsCancellationRequested)
        {
            IReadOnlyList<string?[]> sessions = await OtherSessions.EndAsync(connection, databases).ConfigureAwait(false);
            ended.UnionWith(sessions.Where(row => row[1] == emptied).Select(row => row[0]!));
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return ended.Count;
    }

    // The connection broke, perhaps after the server had committed: the name tells, as it leads to the copy only if it did. The backend must have ended first.
    private async Task<bool> WasMadeAsync(string copyId, string target, int backend, SafeDbException lost)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, CancellationToken.None).ConfigureAwait(false);
                await using var connectionScope = connection.ConfigureAwait(false);
                if (!await connection.TestAsync(
                    "SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity WHERE pid = $1 AND pg_catalog.pg_terminate_backend(pid))", CancellationToken.None, backend).ConfigureAwait(false))
                {
                    return await connection.ScalarAsync(
                        "SELECT oid::pg_catalog.int8 FROM pg_catalog.pg_database WHERE datname = $1", CancellationToken.None, target).ConfigureAwait(false) == copyId;
                }
            }
            catch (SafeDbException unreachable) when (unreachable.Error.Kind is ErrorKind.Connection)
            {
                observer.OnMessage(MessageLevel.Verbose, "The server does not answer; asking it again whether the swap was made.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), time, CancellationToken.None).ConfigureAwait(false);
        }

        throw PostgreSqlRestoreErrors.SwapUnknown.Caused(lost, target);
    }
}
