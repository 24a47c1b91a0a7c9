using System.Globalization;

using SafeDb.Providers.Tests.Interop;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Processes;

/// <summary>Ten processes of the command, started at once on the same database, each with the whole envelope.</summary>
public sealed class ParallelRunnersTests(PostgresCluster cluster) : IDisposable
{
    private const int Runners = 10;
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-runners-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task On_SQLite_exactly_one_applies() => await RaceAsync(await PeerDatabase.OnSqliteAsync());

    [Fact]
    public async Task On_PostgreSQL_exactly_one_applies() => await RaceAsync(await PeerDatabase.OnPostgreSqlAsync(cluster));

    private async Task RaceAsync(PeerDatabase database)
    {
        await using PeerDatabase owned = database;
        string migrations = Directory.CreateDirectory(Path.Combine(_folder, "migrations")).FullName;
        for (int i = 1; i <= 5; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(migrations, $"00{i}_t{i}.up.sql"), $"create table t{i} (id integer primary key);", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(migrations, $"00{i}_t{i}.down.sql"), $"drop table t{i};", TestContext.Current.CancellationToken);
        }

        string[] arguments = ["migrate", database.Text, migrations, "--destination", Path.Combine(_folder, "backups"), "--unencrypted", "--yes", "--output", "json"];
        var program = new SafeDbProgram(_folder);
        PeerAnswer[] answers = await Task.WhenAll(Enumerable.Range(0, Runners).Select(i => program.RunAsync([.. arguments, "--evidence", $"evidence-{i.ToString(CultureInfo.InvariantCulture)}"])));

        string all = string.Join("\n\n", answers.Select(answer => $"{answer.ExitCode}: {answer.Output}"));
        string[] outcomes = [.. answers.Select(answer => SafeDbProgram.Json(answer).GetProperty("outcome").GetString()!)];
        Assert.True(outcomes.Count(outcome => outcome == "Applied") == 1, all);
        foreach ((PeerAnswer answer, string outcome) in answers.Zip(outcomes))
        {
            // The others came too late, or found the lock held, or found that the world had changed meanwhile: all of them before they touched the database.
            Assert.True(outcome is "Applied" or "NothingToDo" ? answer.ExitCode == 0 : outcome == "Stopped" && Refused(answer), all);
        }

        Assert.Equal(["1", "2", "3", "4", "5"], await database.ListAsync("select count(*) from safedb_migrations s join safedb_migrations t on t.id <= s.id group by s.id order by s.id"));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => $"t{i}"), await database.ListAsync(database.IsSqlite
            ? "select name from sqlite_master where type = 'table' and name not like 'safedb%' order by name"
            : "select tablename::text from pg_tables where schemaname = 'public' and tablename not like 'safedb%' order by 1"));
        PeerAnswer status = await program.RunAsync(["status", database.Text, migrations, "--output", "json"]);
        Assert.True(status.ExitCode == 0, status.Output);
    }

    private static bool Refused(PeerAnswer answer) =>
        answer.ExitCode == 1 && (answer.Output.Contains("Migration.Locked", StringComparison.Ordinal) || answer.Output.Contains("Migration.PlanStale", StringComparison.Ordinal));
}
