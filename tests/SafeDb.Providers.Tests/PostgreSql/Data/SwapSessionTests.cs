using System.Diagnostics;

using Npgsql;

using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Restore;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Sessions in the way of a swap, and what is said of the safety backup when a replacement fails.</summary>
public sealed class SwapSessionTests(PostgresCluster cluster)
{
    [Fact]
    public async Task Sessions_that_the_user_may_not_end_are_named_before_anything_is_done()
    {
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(live);
        await using NpgsqlConnection stays = await PlainOwner.OpenAsync(live, "postgres", "the night job");
        long begin = Stopwatch.GetTimestamp();

        SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(() => trip.RestoreAsync(Command(trip, backup, owner)));

        Assert.Equal("PostgreSql.SessionsRemain", refused.Id);
        Assert.Contains($"pid {stays.ProcessID} (user postgres, application the night job", refused.Message, StringComparison.Ordinal);
        Assert.Contains("pg_signal_backend", refused.Error.RecommendedAction, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(begin) < TimeSpan.FromMinutes(1));
        Assert.Single(trip.Archives);
        Assert.Equal(0L, await live.ScalarAsync<long>($"SELECT count(*) FROM pg_database WHERE datname LIKE '{live.Name}\\_%'"));
    }

    [Fact]
    public async Task One_that_the_user_may_not_end_and_that_goes_in_a_moment_is_not_in_the_way()
    {
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(live);
        NpgsqlConnection goes = await PlainOwner.OpenAsync(live, "postgres");
        Task<RestorePlan> plan = new RestoreService(trip.Engine).PlanAsync(Command(trip, backup, owner), trip.Keys, default);
        await Task.Delay(700);
        await goes.DisposeAsync();
        Assert.True((await plan).SafetyBackup);
    }

    [Fact]
    public async Task Who_may_signal_others_ends_their_sessions_without_seeing_what_they_do()
    {
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        await cluster.ExecuteOnServerAsync($"GRANT pg_signal_backend TO {owner.Name}; CREATE ROLE app_{live.Name} LOGIN");
        MemoryArchive archive = await MemoryArchive.BackupAsync(owner.Address);
        await using NpgsqlConnection other = await PlainOwner.OpenAsync(live, "app_" + live.Name);
        var messages = new Messages();

        await using IRestoreTarget target = await Drill.RestoreAsync(archive, owner.Request(RestoreMode.Replace) with { NoOwner = true, NoPrivileges = true, Observer = messages });
        RestoreCommit commit = await target.CommitAsync(default);

        await using var old = new TestDatabase(cluster, commit.Previous!);
        Assert.Contains(messages.Warnings, text => text.Contains("1 session of others in " + live.Name + " was ended", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_fails_after_the_safety_backup_says_where_it_lies()
    {
        await using TestDatabase live = await LiveAsync();
        PlainOwner owner = await PlainOwner.OfAsync(live);
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(live);
        var forbid = new Acting("Creating the copy", () => cluster.ExecuteOnServerAsync($"ALTER ROLE {owner.Name} NOCREATEDB"));

        SafeDbException failed = await Assert.ThrowsAsync<SafeDbException>(() => trip.RestoreAsync(Command(trip, backup, owner), forbid));

        Assert.Equal("PostgreSql.PermissionDenied", failed.Id);
        string safety = Assert.Single(trip.Archives, path => path != backup.Backup);
        Assert.Equal(safety, failed.Error.SafetyBackup);
        Assert.Contains($"lies at {safety}.", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_that_is_stopped_after_the_safety_backup_says_where_it_lies()
    {
        await using TestDatabase live = await LiveAsync();
        using var trip = new ArchiveRoundTrip();
        BackupInfo backup = await trip.BackupAsync(live);
        using var stop = new CancellationTokenSource();
        var stopping = new Acting("Creating the copy", stop.CancelAsync);
        RestoreCommand command = new(backup.Backup, trip.Resolve(live)) { Overwrite = true, Jobs = 2 };

        OperationCanceledException stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trip.RestoreAsync(command, stopping, stop.Token));

        string safety = trip.Archives.Single(path => path != backup.Backup);
        Assert.Contains(stopping.Warnings, text => text.Contains(safety, StringComparison.Ordinal));
        SafeDbError error = Assert.IsType<SafeDbException>(stopped.InnerException).Error;
        Assert.Equal(("General.Cancelled", ErrorKind.Cancelled, safety), (error.Id, error.Kind, error.SafetyBackup));
    }

    private static RestoreCommand Command(ArchiveRoundTrip trip, BackupInfo backup, PlainOwner owner) =>
        new(backup.Backup, trip.Resolve(owner.Address)) { Overwrite = true, Jobs = 2 };

    private async Task<TestDatabase> LiveAsync()
    {
        TestDatabase live = await cluster.CreateDatabaseAsync();
        await live.ExecuteAsync("CREATE TABLE t (note text); INSERT INTO t VALUES ('x'); GRANT SELECT ON t TO PUBLIC");
        return live;
    }

    /// <summary>Does something when it hears that a step begins.</summary>
    private sealed class Acting(string at, Func<Task> act) : IOperationObserver
    {
        public List<string> Warnings { get; } = [];

        public void OnMessage(MessageLevel level, string message)
        {
            if (level == MessageLevel.Warning)
                Warnings.Add(message);
            if (message.StartsWith(at, StringComparison.Ordinal))
                act().GetAwaiter().GetResult();
        }

        public void OnProgress(ProgressReport progress)
        {
        }
    }
}
