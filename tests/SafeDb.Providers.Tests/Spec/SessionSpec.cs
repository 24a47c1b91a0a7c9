using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>What every <see cref="IDatabaseSession"/> must do.</summary>
public abstract class SessionSpec
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract Task<EngineUnderTest> StartAsync();

    [Fact]
    public async Task Transactions_begin_and_end_by_sql()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(address, Token);
        Assert.Equal(TransactionState.None, await session.GetTransactionStateAsync(Token));
        await session.ExecuteAsync("BEGIN", Token);
        Assert.Equal(TransactionState.Open, await session.GetTransactionStateAsync(Token));
        await session.ExecuteAsync("DELETE FROM child", Token);
        await session.ExecuteAsync("ROLLBACK", Token);
        Assert.Equal(TransactionState.None, await session.GetTransactionStateAsync(Token));
        Assert.NotEqual(0, await engine.CountAsync(address, "child"));
    }

    [Fact]
    public async Task Disposing_rolls_back_what_is_open()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        await using (IDatabaseSession session = await engine.Provider.OpenSessionAsync(address, Token))
        {
            await session.ExecuteAsync("BEGIN", Token);
            await session.ExecuteAsync("DELETE FROM child", Token);
        }

        Assert.NotEqual(0, await engine.CountAsync(address, "child"));
    }

    [Fact]
    public async Task Says_how_many_rows_changed_and_that_ddl_changes_none()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(address, Token);
        Assert.Equal(2, (await session.ExecuteAsync("INSERT INTO parent (id, name) VALUES (901, 'x'), (902, 'y')", Token)).RowsAffected);
        Assert.Equal(0, (await session.ExecuteAsync("UPDATE parent SET name = 'z' WHERE id = -1", Token)).RowsAffected);
        Assert.Equal(-1, (await session.ExecuteAsync("CREATE TABLE extra (id integer)", Token)).RowsAffected);
    }

    [Fact]
    public async Task A_failing_statement_has_an_id_and_the_engines_code()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(address, Token);
        SafeDbException syntax = await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("SELEC 1", Token));
        Assert.Equal(ErrorKind.Syntax, syntax.Error.Kind);
        Assert.NotNull(syntax.Error.EngineCode);
        SafeDbException twice = await Assert.ThrowsAsync<SafeDbException>(() => session.ExecuteAsync("INSERT INTO parent (id, name) SELECT id, name FROM parent", Token));
        Assert.NotNull(twice.Error.EngineCode);
    }

    [Fact]
    public async Task A_lock_is_held_by_one_and_free_after_it()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress address = await engine.CreateSampleAsync();
        IReadOnlyList<string> before = await engine.ListEverythingAsync();
        await using IDatabaseSession first = await engine.Provider.OpenSessionAsync(address, Token);
        await using IDatabaseSession second = await engine.Provider.OpenSessionAsync(address, Token);
        await using (IAsyncDisposable? held = await first.TryLockAsync("migrate", Token))
        {
            Assert.NotNull(held);
            Assert.Null(await second.TryLockAsync("migrate", Token));
            await using IAsyncDisposable? other = await second.TryLockAsync("something else", Token);
            Assert.NotNull(other);
            await second.ExecuteAsync("INSERT INTO parent (id, name) VALUES (900, 'not blocked')", Token);
        }

        await using (IAsyncDisposable? again = await second.TryLockAsync("migrate", Token)) Assert.NotNull(again);
        Assert.Equal(before, await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task Schema_is_the_same_for_the_same_objects_and_differs_otherwise()
    {
        await using EngineUnderTest engine = await StartAsync();
        DatabaseAddress one = await engine.CreateSampleAsync();
        DatabaseAddress two = await engine.CreateSampleAsync();
        DatabaseSchema first = await ReadAsync(engine, one);
        Assert.Equal(first.Fingerprint(), (await ReadAsync(engine, two)).Fingerprint());
        Assert.Equal(first.Objects.Count, first.Objects.Select(item => item.Key).Distinct(StringComparer.Ordinal).Count());
        Assert.All(first.Objects, item => Assert.All(item.DependsOn, key => Assert.Contains(first.Objects, other => other.Key == key)));
        await engine.RunAsync(two, "ALTER TABLE parent ADD COLUMN note text");
        SchemaObjectDifference difference = Assert.Single(SchemaComparer.Compare(first, await ReadAsync(engine, two)), item => item.Kind == "table");
        Assert.Equal(SchemaChange.Changed, difference.Change);
    }

    private static async Task<DatabaseSchema> ReadAsync(EngineUnderTest engine, DatabaseAddress address)
    {
        await using IDatabaseSession session = await engine.Provider.OpenSessionAsync(address, Token);
        return await session.ReadSchemaAsync(Token);
    }
}
