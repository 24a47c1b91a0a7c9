using SafeDb.Addresses;
using SafeDb.Cli.Hosting;

namespace SafeDb.Cli.Tests;

public sealed class SocketCompletionsTests
{
    [Theory]
    [InlineData(DatabaseEngine.PostgreSql, "backups", null, "1")]
    [InlineData(DatabaseEngine.PostgreSql, "backups/shop.safedb", "0", "0")]
    [InlineData(DatabaseEngine.PostgreSql, "https://account.blob.core.windows.net/backups", null, null)]
    [InlineData(DatabaseEngine.SqlServer, "backups", null, null)]
    [InlineData(DatabaseEngine.Sqlite, "backups", null, null)]
    public void Only_a_process_that_talks_to_PostgreSQL_alone_goes_on_in_the_watching_thread(DatabaseEngine engine, string archives, string? before, string? after)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal) { [SocketCompletions.Variable] = before };

        SocketCompletions.InWatchingThread(engine, archives, variables.GetValueOrDefault, (name, value) => variables[name] = value);

        Assert.Equal(after, variables[SocketCompletions.Variable]);
        Assert.Equal(after == "1", variables.ContainsKey(SocketCompletions.ThreadsVariable));
    }

    [Theory]
    [InlineData("backup", "postgresql://nobody@127.0.0.1:1/shop", "--destination", "backups", "--unencrypted")]
    [InlineData("test", "shop.safedb", "--database", "postgresql://nobody@127.0.0.1:1/shop")]
    [InlineData("restore", "shop.safedb", "postgresql://nobody@127.0.0.1:1/shop")]
    public async Task Each_verb_says_whom_it_talks_to_before_it_does(params string[] arguments)
    {
        var told = new List<(DatabaseEngine Engine, string Archives)>();

        CliRun run = await CliRun.Of(arguments, prepare: (engine, archives) => told.Add((engine, archives)));

        Assert.NotEqual(0, run.ExitCode);
        (DatabaseEngine engine, string archives) = Assert.Single(told);
        Assert.Equal((DatabaseEngine.PostgreSql, arguments[0] == "backup" ? "backups" : "shop.safedb"), (engine, Path.GetFileName(archives)));
    }
}
