using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

public sealed class SessionTests(PostgresCluster cluster)
{
    private readonly PostgreSqlProvider _provider = new();

    [Fact]
    public async Task Statements_run_exactly_as_written()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using IDatabaseSession session = await OpenAsync(database);
        Assert.Equal(-1, (await session.ExecuteAsync("CREATE TABLE t (id int, note text, j jsonb)", default)).RowsAffected);
        Assert.Equal(3, (await session.ExecuteAsync("INSERT INTO t SELECT i, ':note @p $1', '{\"a\": 1}' FROM generate_series(1, 3) i", default)).RowsAffected);
        Assert.Equal(1, (await session.ExecuteAsync("UPDATE t SET note = 'x;y' WHERE id = 1 AND j @> '{\"a\": 1}' AND j ? 'a';", default)).RowsAffected);
        Assert.Equal("x;y/:note @p $1", await database.ScalarAsync<string>("SELECT string_agg(note, '/' ORDER BY id) FROM t WHERE id < 3"));
        await session.ExecuteAsync("CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT count(*)::int FROM t; END", default);
        await session.ExecuteAsync("DO $do$ BEGIN PERFORM 1; RAISE NOTICE 'a;b'; END $do$", default);
        await session.ExecuteAsync("CREATE RULE r AS ON DELETE TO t DO ALSO (SELECT 1; SELECT 2)", default);
        await session.ExecuteAsync("CREATE INDEX CONCURRENTLY t_id ON t (id)", default);
        await session.ExecuteAsync("VACUUM t", default);
        Assert.Equal(3, await database.ScalarAsync<int>("SELECT f()"));
    }

    [Fact]
    public async Task A_statement_that_fails_at_a_later_row_fails()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using IDatabaseSession session = await OpenAsync(database);
        SafeDbException failed = await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("SELECT 1 / (5000 - i) FROM generate_series(1, 6000) i", default));
        Assert.Equal("22012", failed.Error.EngineCode);
    }

    [Fact]
    public async Task The_place_of_an_error_is_found_in_the_statement()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using IDatabaseSession session = await OpenAsync(database);
        SafeDbException failed = await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("SELECT '\U0001F600',\n  nothing FROM nowhere", default));
        Assert.Equal(("PostgreSql.ObjectMissing", "42P01", 2, 16), (failed.Id, failed.Error.EngineCode, failed.Error.Location!.Line, failed.Error.Location.Column));
    }

    [Fact]
    public async Task The_transaction_state_is_the_servers()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using IDatabaseSession session = await OpenAsync(database);
        Assert.Equal(TransactionState.None, await session.GetTransactionStateAsync(default));
        await session.ExecuteAsync("BEGIN", default);
        await session.ExecuteAsync("CREATE TABLE t (id int)", default);
        Assert.Equal(TransactionState.Open, await session.GetTransactionStateAsync(default));
        await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("SELECT nonsense", default));
        Assert.Equal(TransactionState.Failed, await session.GetTransactionStateAsync(default));
        await session.ExecuteAsync("ROLLBACK", default);
        Assert.Equal(TransactionState.None, await session.GetTransactionStateAsync(default));
        Assert.True(await database.ScalarAsync<bool>("SELECT to_regclass('t') IS NULL"));
    }

    [Fact]
    public async Task A_lock_is_held_by_one_session_until_it_is_given_back_or_its_process_dies()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using IDatabaseSession first = await OpenAsync(database);
        await using IDatabaseSession second = await OpenAsync(database);
        IAsyncDisposable held = (await first.TryLockAsync("migrations", default))!;
        await first.ExecuteAsync("DISCARD ALL", default);
        Assert.Null(await second.TryLockAsync("migrations", default));
        Assert.Null(await first.TryLockAsync("migrations", default));
        await using (IAsyncDisposable? other = await second.TryLockAsync("another", default))
            Assert.NotNull(other);
        await held.DisposeAsync();
        await using IAsyncDisposable? taken = await second.TryLockAsync("migrations", default);
        Assert.NotNull(taken);
    }

    [Fact]
    public async Task A_missing_database_a_wrong_user_and_a_dead_server_have_their_ids()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        DatabaseAddress missing = _provider.TryParse(database.Address + "_not")!;
        Assert.False(await _provider.ExistsAsync(missing, default));
        Assert.True(await _provider.ExistsAsync(_provider.TryParse(database.Address)!, default));
        Assert.Equal("PostgreSql.DatabaseMissing", await IdOfOpenAsync(missing));
        Assert.Equal("PostgreSql.AuthenticationFailed", await IdOfOpenAsync(_provider.TryParse(database.Address.Replace("postgres@", "nobody_here:hunter2@", StringComparison.Ordinal))!));
        DatabaseAddress dead = _provider.TryParse("postgresql://postgres@127.0.0.1:1/x")!;
        Assert.Equal("PostgreSql.Unreachable", await IdOfOpenAsync(dead));
        Assert.Equal("PostgreSql.NoSsl", await IdOfOpenAsync(_provider.TryParse(database.Address + (database.Address.Contains('?', StringComparison.Ordinal) ? '&' : '?') + "sslmode=require")!));
        Assert.Equal("PostgreSql.Unreachable", (await Assert.ThrowsAsync<SafeDbException>(() => _provider.ExistsAsync(dead, default))).Id);
    }

    [Fact]
    public async Task Cancelling_stops_the_statement_on_the_server()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using IDatabaseSession session = await OpenAsync(database);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.ExecuteAsync("SELECT pg_sleep(60)", stop.Token));
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"));
    }

    private async Task<IDatabaseSession> OpenAsync(TestDatabase database) => await _provider.OpenSessionAsync(_provider.TryParse(database.Address)!, default);

    private async Task<string> IdOfOpenAsync(DatabaseAddress address) =>
        (await Assert.ThrowsAsync<SafeDbException>(async () => await _provider.OpenSessionAsync(address, default))).Id;
}
