using System.Diagnostics;

using Npgsql;

using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>What can happen to a server of PostgreSQL and to the connections with it.</summary>
/// <param name="cluster">The server.</param>
internal sealed class FaultServer(PostgresCluster cluster)
{
    /// <summary>Ends a session's connection from the server's side.</summary>
    public void Cut(IDatabaseSession session)
    {
        int victim = ((NpgsqlConnection)session.Connection).ProcessID;
        Scalar($"select pg_terminate_backend({victim}, 5000)");
    }

    /// <summary>Kills the server.</summary>
    public void Kill()
    {
        using Process server = Process.GetProcessById(cluster.ServerProcessId);
        server.Kill();
        server.WaitForExit();
    }

    /// <summary>Uses up the log's segments that are there, but for a little: the next ones need room on the disk.</summary>
    public void UseUpLog()
    {
        const string Rest = """
            select (pg_size_bytes(current_setting('wal_segment_size')) * (1 + ('x' || substr(max(name), 9, 8))::bit(32)::bigint * (4294967296 / pg_size_bytes(current_setting('wal_segment_size')))
              + ('x' || substr(max(name), 17, 8))::bit(32)::bigint) - (pg_current_wal_insert_lsn() - '0/0'::pg_lsn))::bigint from pg_ls_waldir() where length(name) = 24
            """;
        while (Scalar(Rest) is long rest && rest > 24_000)
        {
            Scalar($"select pg_logical_emit_message(false, 'full', repeat('x', {Math.Min(rest - 20_000, 200_000)}))");
        }
    }

    /// <summary>Starts the server again. Its children need a moment to notice its death, and until then the new server refuses to start.</summary>
    public async Task RestartAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await cluster.RestartAsync();
                return;
            }
            catch (InvalidOperationException) when (attempt < 20)
            {
                await Task.Delay(250, TestContext.Current.CancellationToken);
            }
        }
    }

    private object? Scalar(string sql)
    {
        using var connection = new NpgsqlConnection(cluster.ConnectionString("postgres"));
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
