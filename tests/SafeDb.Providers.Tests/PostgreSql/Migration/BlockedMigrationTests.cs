using System.Diagnostics;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.PostgreSql;
using SafeDb.PostgreSql.Migration;
using SafeDb.PostgreSql.Risk;
using SafeDb.Providers.Tests.Migration;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Migration;

/// <summary>
/// A session holds a lock for twenty seconds (four in a default run), the provider is the real one, and the server itself says how long anybody waited. Whoever waited for the lock itself would have waited
/// for as long as it was held; how near to its timeout a wait ends is a question of the machine's load, and asked in the long tests only.
/// </summary>
public sealed class BlockedMigrationTests(PostgresCluster cluster) : IDisposable
{
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>What a quiet server needs beyond its own timeout to say so, and this test to look.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(700);

    private readonly Announcement _blocked = new("lock ");
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-blocked-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_never_queues_longer_than_its_timeout_retries_names_the_blocker_and_succeeds_after()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        TimeSpan held = LongTests.Enabled ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(4);
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("create table orders (id int primary key, note text); insert into orders select g, 'note ' || g from generate_series(1, 100) g");
        await File.WriteAllTextAsync(Path.Combine(_folder, "001_a.up.sql"), "alter table orders add column extra text;", stop);
        await File.WriteAllTextAsync(Path.Combine(_folder, "001_a.down.sql"), "alter table orders drop column extra;", stop);
        await using var blocker = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "nightly-report" }.ConnectionString);
        await blocker.OpenAsync(stop);
        await using NpgsqlTransaction transaction = await blocker.BeginTransactionAsync(stop);
        await using (var command = new NpgsqlCommand("select count(*) from orders", blocker, transaction))
        {
            await command.ExecuteScalarAsync(stop);
        }

        using var done = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task<TimeSpan> watching = LongestWaitAsync(database, done.Token);
        Task<TimeSpan> reading = SlowestReadAsync(database, done.Token);
        long begin = Stopwatch.GetTimestamp();
        Task<MigrationRun> running = Task.Run(() => RunAsync(database, stop), stop);

        // On a machine that is busy the run may come to the lock late: the time counts from when it stood there first.
        await _blocked.UntilSaidAsync(running, stop);
        await Task.Delay(held, stop);
        Assert.False(running.IsCompleted);
        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        await transaction.RollbackAsync(stop);
        MigrationRun run = await running;
        await done.CancelAsync();
        TimeSpan waited = await watching;
        TimeSpan read = await reading;

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.True(took >= held);
        Assert.True(run.Migrations[0].Statements[0].Attempts > 1);
        TimeSpan longest = LongTests.Enabled ? LockTimeout + Tolerance : held;
        Assert.InRange(waited, TimeSpan.FromTicks(1), longest);
        Assert.True(read < longest, $"a reader of the application waited {read}");
        string said = run.Events.First(line => line.Step == "lock").Message;
        Assert.Contains($"session {blocker.ProcessID} (nightly-report, user postgres, idle in transaction", said, StringComparison.Ordinal);
        Assert.Contains("select count(*) from orders since", said, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"held {held}, attempts {run.Migrations[0].Statements[0].Attempts}, longest wait by pg_locks {waited.TotalMilliseconds:0} ms, slowest reader {read.TotalMilliseconds:0} ms, held by the test's clock {took}");
    }

    private Task<MigrationRun> RunAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        var provider = new PostgreSqlProvider();
        DatabaseAddress address = provider.TryParse(database.Address)!;
        var context = new MigrationContext(provider, new PostgreSqlRiskDialect(), new PostgreSqlMigrationEngine(), TimeProvider.System);
        var policy = new Policy { MaxRisk = RiskLevel.Dangerous, RequireRehearsal = false, LockTimeout = LockTimeout, LockRetries = 20 };
        var command = new MigrationCommand(address, _folder) { Policy = policy, AllowHazards = ["no-backup"], Observer = _blocked };
        return new MigrationService(context, net: null, new HttpClient()).RunAsync(command, pinned: null, (_, _, _) => Task.FromResult(true), cancellationToken);
    }

    /// <summary>The longest time that any session stood in the queue for a lock, by the server's own clock.</summary>
    private static async Task<TimeSpan> LongestWaitAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        const string Sql = "select coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)::float8 from pg_locks where not granted and waitstart is not null";
        await using NpgsqlConnection connection = await database.OpenAsync();
        double longest = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            await using var command = new NpgsqlCommand(Sql, connection);
            longest = Math.Max(longest, (double)(await command.ExecuteScalarAsync(CancellationToken.None))!);
            await Task.Delay(10, CancellationToken.None);
        }

        return TimeSpan.FromSeconds(longest);
    }

    /// <summary>An application that only reads: it queues behind whoever waits for an exclusive lock.</summary>
    private static async Task<TimeSpan> SlowestReadAsync(TestDatabase database, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await database.OpenAsync();
        TimeSpan slowest = TimeSpan.Zero;
        while (!cancellationToken.IsCancellationRequested)
        {
            long begin = Stopwatch.GetTimestamp();
            await using var command = new NpgsqlCommand("select note from orders where id = 7", connection);
            await command.ExecuteScalarAsync(CancellationToken.None);
            slowest = Stopwatch.GetElapsedTime(begin) is var time && time > slowest ? time : slowest;
            await Task.Delay(10, CancellationToken.None);
        }

        return slowest;
    }
}
