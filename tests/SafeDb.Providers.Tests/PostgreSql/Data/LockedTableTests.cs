using Npgsql;

using SafeDb.Errors;
using SafeDb.PostgreSql;
using SafeDb.PostgreSql.Backup;
using SafeDb.PostgreSql.Connections;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>A backup that does not get the lock of a table in time says of which one, and who was in the way.</summary>
public sealed class LockedTableTests(PostgresCluster cluster)
{
    [Fact]
    public async Task The_table_and_who_holds_it_are_named()
    {
        await using TestDatabase source = await SourceAsync();
        await using NpgsqlConnection holder = await HoldAsync(source, "postgres", "the holder", "LOCK TABLE \"Orders\" IN ACCESS EXCLUSIVE MODE");

        SafeDbError error = await TimeoutAsync(source.Address);

        Assert.Equal(("PostgreSql.LockTimeout", "55P03", "public.\"Orders\""), (error.Id, error.EngineCode, error.Target));
        Assert.Contains($"public.\"Orders\" was not free within 1 s. In the way: pid {holder.ProcessID} (user postgres, application the holder, idle in transaction, transaction since ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_himself_is_named_with_whom_he_waits_for()
    {
        await using TestDatabase source = await SourceAsync();
        await using NpgsqlConnection reader = await HoldAsync(source, "postgres", "the report", "SELECT * FROM \"Orders\"");
        await using NpgsqlConnection changer = await PlainOwner.OpenAsync(source, "postgres", "the change");
        await using var change = new NpgsqlCommand("ALTER TABLE \"Orders\" ADD COLUMN x int", changer);
        Task<int> waiting = change.ExecuteNonQueryAsync();

        SafeDbError error = await TimeoutAsync(source.Address);

        Assert.Matches($@"In the way: pid {changer.ProcessID} \(user postgres, application the change, active, .*\), which waits for pid {reader.ProcessID} \(user postgres, application the report, idle in transaction, ", error.Message);
        await reader.DisposeAsync();
        await waiting;
    }

    [Fact]
    public async Task A_prepared_transaction_is_named_and_so_is_a_session_whose_state_is_hidden()
    {
        await using TestDatabase source = await SourceAsync();
        PlainOwner owner = await PlainOwner.OfAsync(source);
        await using NpgsqlConnection holder = await HoldAsync(source, "postgres", "the holder", "LOCK TABLE \"Orders\" IN ACCESS EXCLUSIVE MODE");

        Assert.Contains($"In the way: pid {holder.ProcessID} (user postgres, application the holder).", (await TimeoutAsync(owner.Address)).Message, StringComparison.Ordinal);

        await holder.DisposeAsync();
        await source.ExecuteAsync($"BEGIN; LOCK TABLE \"Orders\" IN ACCESS EXCLUSIVE MODE; PREPARE TRANSACTION 'p_{source.Name}'");
        Assert.Contains("In the way: a prepared transaction (see pg_prepared_xacts).", (await TimeoutAsync(source.Address)).Message, StringComparison.Ordinal);
        await source.ExecuteAsync($"ROLLBACK PREPARED 'p_{source.Name}'");
    }

    private static async Task<SafeDbError> TimeoutAsync(string address)
    {
        await using var connections = new ServerConnections(new PostgreSqlProvider().TryParse(address)!);
        return (await Assert.ThrowsAsync<SafeDbException>(() => SnapshotLeader.OpenAsync(connections, default, TimeSpan.FromSeconds(1)))).Error;
    }

    private static async Task<NpgsqlConnection> HoldAsync(TestDatabase source, string role, string application, string statement)
    {
        NpgsqlConnection holder = await PlainOwner.OpenAsync(source, role, application);
        await using var command = new NpgsqlCommand($"BEGIN; {statement}", holder);
        await command.ExecuteNonQueryAsync();
        return holder;
    }

    private async Task<TestDatabase> SourceAsync()
    {
        TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE TABLE a (id int); CREATE TABLE \"Orders\" (id int); CREATE TABLE z (id int); GRANT SELECT ON a, z, \"Orders\" TO PUBLIC");
        return source;
    }
}
