using SafeDb.Providers.Tests.Interop;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Processes;

/// <summary><c>safedb migrate --baseline</c> as a process, from a database without history to the next migration.</summary>
public sealed class BaselineProcessTests(PostgresCluster cluster) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-baseline-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task On_SQLite() => await TakeOverAsync(await PeerDatabase.OnSqliteAsync());

    [Fact]
    public async Task On_PostgreSQL() => await TakeOverAsync(await PeerDatabase.OnPostgreSqlAsync(cluster));

    private async Task TakeOverAsync(PeerDatabase database)
    {
        await using PeerDatabase owned = database;
        for (int i = 1; i <= 3; i++)
        {
            string table = $"create table t{i} (id integer primary key, note text)";
            await File.WriteAllTextAsync(Path.Combine(_folder, $"00{i}_t{i}.up.sql"), table + ";", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(_folder, $"00{i}_t{i}.down.sql"), $"drop table t{i};", TestContext.Current.CancellationToken);
            if (i < 3)
            {
                await database.ExecuteAsync(table);
            }
        }

        PeerAnswer unproved = await MigrateAsync(database, "--baseline", "003");
        PeerAnswer taken = await MigrateAsync(database, "--baseline", "002");
        PeerAnswer next = await MigrateAsync(database, "--destination", "backups", "--unencrypted");

        Assert.True(unproved.ExitCode == 3 && unproved.Output.Contains("Migration.BaselineUnproved", StringComparison.Ordinal), unproved.Output);
        Assert.True(taken.ExitCode == 0 && SafeDbProgram.Json(taken).GetProperty("outcome").GetString() == "Baselined", taken.Output);
        Assert.True(next.ExitCode == 0, next.Output);
        Assert.Equal(["003"], SafeDbProgram.Json(next).GetProperty("migrations").EnumerateArray().Select(step => step.GetProperty("id").GetString()!));
        Assert.Equal(["001", "002", "003"], await database.ListAsync("select id from safedb_migrations order by id"));
    }

    private Task<PeerAnswer> MigrateAsync(PeerDatabase database, params string[] more) => new SafeDbProgram(_folder).RunAsync(["migrate", database.Text, _folder, .. more, "--yes", "--output", "json"]);
}
