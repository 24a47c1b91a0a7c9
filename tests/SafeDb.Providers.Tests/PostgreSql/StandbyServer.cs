using System.Globalization;

using Npgsql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql;

/// <summary>A real standby that follows a test cluster.</summary>
public sealed class StandbyServer : IAsyncDisposable
{
    private readonly PostgresCluster _primary;
    private readonly string _data;
    private readonly int _port = PostgresCluster.FreePort();

    private StandbyServer(PostgresCluster primary)
    {
        _primary = primary;
        _data = Path.Combine(primary.SocketDirectory, "standby");
    }

    public static async Task<StandbyServer> StartAsync(PostgresCluster primary)
    {
        var standby = new StandbyServer(primary);
        await primary.RunAsServerUserAsync(
            "pg_basebackup", "-h", "127.0.0.1", "-p", Text(primary.Port), "-U", "postgres", "-D", standby._data, "-R", "-X", "stream", "-c", "fast", "--no-sync");
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Starts it, also again after <see cref="StopAsync"/>, and waits until it follows.</summary>
    public async Task StartAsync()
    {
        string options = string.Create(
            CultureInfo.InvariantCulture,
            $"-p {_port} -h 127.0.0.1 -k {_primary.SocketDirectory} -c fsync=off -c max_connections=200 -c max_locks_per_transaction=512 -c max_prepared_transactions=10 -c shared_buffers=16MB");
        await _primary.RunAsServerUserAsync("pg_ctl", "-s", "-D", _data, "-w", "-t", "60", "-l", Path.Combine(_primary.SocketDirectory, "standby.log"), "-o", options, "start");
        while (await ScalarAsync(_primary.Port, "select count(*) from pg_stat_replication where state = 'streaming' and replay_lsn is not null") is not 1L)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public Task StopAsync() => _primary.RunAsServerUserAsync("pg_ctl", "-D", _data, "-m", "immediate", "-w", "stop");

    /// <summary>Keeps what it receives without replaying it.</summary>
    public Task PauseAsync() => ScalarAsync(_port, "select pg_wal_replay_pause()");

    public Task GoOnAsync() => ScalarAsync(_port, "select pg_wal_replay_resume()");

    /// <summary>A value of one of its databases.</summary>
    public Task<object?> ScalarAsync(string database, string sql) => ScalarAsync(_port, sql, database);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_data, recursive: true);
    }

    private async Task<object?> ScalarAsync(int port, string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_primary.ConnectionString(database)) { Port = port }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
