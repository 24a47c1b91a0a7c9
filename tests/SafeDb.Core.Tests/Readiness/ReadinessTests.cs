using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Readiness;

using Xunit;

namespace SafeDb.Core.Tests.Readiness;

/// <summary>A database on which everything is as it should be; then one thing is broken, and the checklist must name exactly that.</summary>
public sealed class ReadinessTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 10, 6, 0, 0, TimeSpan.Zero);
    private static readonly ErrorDefinition Closed = new("Test.Closed", ErrorKind.GateClosed, "closed", "open it");

    [Fact]
    public void Everything_in_order_passes()
    {
        IReadOnlyList<ReadinessItem> items = ReadinessJudge.Judge(Ready());
        Assert.All(items, item => Assert.True(item.Passed, $"{item.Item}: {item.Evidence}"));
        Assert.All(items, item => Assert.Null(item.Advice));
        Assert.True(ReadinessJudge.IsReady(items));
        Assert.Equal(15, items.Select(item => item.Item).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Each_thing_that_is_broken_is_named_and_nothing_else()
    {
        IReadOnlyList<ReadinessItem> fine = ReadinessJudge.Judge(Ready());
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string item, ReadinessFacts broken) in Breakages())
        {
            IReadOnlyList<ReadinessItem> items = ReadinessJudge.Judge(broken);
            Assert.Equal([item], items.Where(line => !line.Passed).Select(line => line.Item));
            Assert.False(string.IsNullOrEmpty(items.Single(line => line.Item == item).Advice));
            seen.Add(item);
        }

        Assert.Equal(fine.Select(item => item.Item).Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Archives_taken_with_filters_count_for_nothing_and_are_named()
    {
        ReadinessFacts ready = Ready();
        BackupInfo filtered = Backup(0.1) with { Name = "part", Coverage = "Filtered", Filters = ["definitions without rows"], Verified = true, DrilledAt = Now.AddHours(-1), Verification = "Restore: Passed" };
        Assert.True(ReadinessJudge.IsReady(ReadinessJudge.Judge(ready with { Backups = [filtered, .. ready.Backups] })));

        ReadinessItem[] alone = [.. ReadinessJudge.Judge(ready with { Backups = [filtered] }).Where(item => !item.Passed)];
        Assert.Equal(["backup-exists", "backup-complete", "backup-verified", "restore-drilled"], alone.Select(item => item.Item));
        Assert.All(alone, item => Assert.Contains("part was taken with filters (definitions without rows)", item.Evidence, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_the_key_nothing_is_said_of_archives_but_that()
    {
        BackupInfo whole = Backup(0.2) with { CreatedAt = null, Authenticated = false, Coverage = "Unfiltered", Verification = "Not opened", Reason = "Archive.KeyRequired: The archive is encrypted for: passphrase. No key was given." };
        BackupInfo filtered = whole with { Name = "part", Coverage = "Filtered" };
        ReadinessItem[] failed = [.. ReadinessJudge.Judge(Ready() with { Backups = [filtered, whole] }).Where(item => !item.Passed)];
        Assert.Equal(["backup-exists", "backup-complete", "backup-verified", "restore-drilled", "retention-defined"], failed.Select(item => item.Item));
        Assert.All(failed, item => Assert.StartsWith("Give the key that opens the archives", item.Advice, StringComparison.Ordinal));
        Assert.All(failed[..4], item => Assert.Equal("no key was given, so it cannot be told of 1 archive in https://account.blob.core.windows.net/backups whether it holds the whole database, from when it is and whether it was drilled", item.Evidence));
        Assert.EndsWith("; no key was given, so it cannot be told whether 2 archives in https://account.blob.core.windows.net/backups are overdue", failed[4].Evidence, StringComparison.Ordinal);

        // What is known stays known: a whole archive that was opened counts, and an old one is old.
        ReadinessItem[] beside = [.. ReadinessJudge.Judge(Ready() with { Backups = [whole with { Reason = "Archive.WrongKey: no" }, .. Ready().Backups] }).Where(item => !item.Passed)];
        Assert.Equal("retention-defined", Assert.Single(beside).Item);
        ReadinessItem stale = ReadinessJudge.Judge(Ready() with { Backups = [whole, Backup(3)] }).First(item => item.Item == "backup-exists");
        Assert.Equal((false, true, true), (stale.Passed, stale.Evidence.StartsWith("shop-3.safedb, ", StringComparison.Ordinal), stale.Evidence.Contains("; no key was given", StringComparison.Ordinal)));
        Assert.Contains("no archive could be opened", ReadinessJudge.Judge(Ready() with { Backups = [whole], Heartbeats = [] }).Single(item => item.Item == "schedule-alive").Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anything_nothing_passes_that_needs_something()
    {
        IReadOnlyList<ReadinessItem> items = ReadinessJudge.Judge(new ReadinessFacts { Now = Now, Policy = Policy.Production });
        Assert.Equal(["retention-defined"], items.Where(item => item.Passed).Select(item => item.Item));
    }

    [Fact]
    public void A_policy_that_waives_encryption_and_off_site_is_heard()
    {
        ReadinessFacts facts = Ready() with { OffSite = false, Policy = Policy.Production with { RequireEncryption = false, RequireOffSite = false } };
        Assert.True(ReadinessJudge.IsReady(ReadinessJudge.Judge(facts with { Backups = [.. facts.Backups.Select(backup => backup with { Encrypted = false })] })));
    }

    [Fact]
    public void A_sandbox_without_files_shows_its_schedule_by_the_rhythm_of_its_archives()
    {
        ReadinessFacts facts = Ready() with { Heartbeats = [] };
        Assert.True(ReadinessJudge.IsReady(ReadinessJudge.Judge(facts)));
        ReadinessFacts gap = facts with { Backups = [facts.Backups[0], facts.Backups[^1]] };
        Assert.Contains("schedule-alive", ReadinessJudge.Judge(gap).Where(item => !item.Passed).Select(item => item.Item));
    }

    [Fact]
    public void A_schedule_that_lives_is_the_evidence_and_one_that_is_not_due_yet_proves_nothing()
    {
        ReadinessItem alive = ReadinessJudge.Judge(Ready() with { Schedules = [Schedule(alive: true)] }).Single(item => item.Item == "schedule-alive");
        Assert.True(alive.Passed);
        Assert.StartsWith("nightly-backup-shop (Cron, daily 02:17)", alive.Evidence, StringComparison.Ordinal);
        ReadinessFacts fresh = Ready() with { Schedules = [Schedule(alive: null)], Heartbeats = [], Backups = [.. Ready().Backups.Take(1)] };
        Assert.Contains("schedule-alive", ReadinessJudge.Judge(fresh).Where(item => !item.Passed).Select(item => item.Item));
    }

    [Fact]
    public void Markdown_neutralises_what_names_and_messages_hold()
    {
        ReadinessFacts facts = Ready() with { BackupsProblem = "x | <script>\n# y", Backups = [] };
        string text = ReadinessMarkdown.Of("shop|<b>", ReadinessJudge.Judge(facts));
        Assert.DoesNotContain("<script>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n# y", text, StringComparison.Ordinal);
        Assert.Contains("**Not ready**", text, StringComparison.Ordinal);
        Assert.Contains("## To do", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_planned_brings_its_own_advice()
    {
        ReadinessItem empty = ReadinessJudge.Judge(Ready() with { Migrations = null, MigrationsProblem = "Migration.Empty: 002.sql holds no statement.", MigrationsAdvice = "Write the migration, or remove the file." })
            .First(item => item.Item == "migrations-versioned");
        Assert.Equal("Write the migration, or remove the file.", empty.Advice);
        ReadinessItem none = ReadinessJudge.Judge(Ready() with { Migrations = null }).First(item => item.Item == "migrations-versioned");
        Assert.StartsWith("Name the folder", none.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Heartbeats_and_runs_are_read_from_files_and_broken_lines_prove_nothing()
    {
        string folder = Directory.CreateTempSubdirectory("safedb-ready-").FullName;
        try
        {
            ReadinessFiles.Append(folder, new Heartbeat("nightly", Now, true) { Message = "ok" });
            File.AppendAllText(Path.Combine(folder, ReadinessFiles.HeartbeatFile), "{ half a line\n{\"name\":\"x\"}\n[]\n");
            File.WriteAllText(Path.Combine(folder, "migration-1.jsonl"), "{\"at\":\"2026-03-09T00:00:00Z\",\"runId\":\"1\",\"step\":\"statement\",\"message\":\"m\",\"migration\":\"002\"}\nbroken\n");
            Assert.Equal([new Heartbeat("nightly", Now, true) { Message = "ok" }], ReadinessFiles.Heartbeats(folder));
            LoggedRun run = Assert.Single(ReadinessFiles.Runs(folder));
            Assert.Equal(["002"], run.Migrations);
            Assert.Empty(ReadinessFiles.Runs(Path.Combine(folder, "none")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<(string Item, ReadinessFacts Facts)> Breakages()
    {
        ReadinessFacts ready = Ready();
        IReadOnlyList<BackupInfo> backups = ready.Backups;
        yield return ("backup-exists", ready with { Backups = [.. backups.Skip(1)], Heartbeats = [new Heartbeat("nightly", Now, true)], Policy = ready.Policy with { MaxBackupAge = TimeSpan.FromHours(25) } });
        yield return ("backup-complete", ready with { Backups = [backups[0] with { Coverage = "Partial", NotCovered = ["large objects"] }, .. backups.Skip(1)] });
        yield return ("backup-verified", ready with { Backups = [.. backups.Select(backup => backup with { Verified = false, DrilledAt = null }), Old(backups[0])] });
        yield return ("restore-drilled", ready with { Backups = [.. backups.Select(backup => backup.DrilledAt is null ? backup : backup with { DrilledAt = Now.AddDays(-8.5), CreatedAt = Now.AddDays(-8.6) })] });
        yield return ("backups-encrypted", ready with { Backups = [backups[0] with { Encrypted = false }, .. backups.Skip(1)] });
        yield return ("backups-encrypted", ready with { Backups = [.. backups, backups[0] with { Name = "damaged", CreatedAt = null, Encrypted = null }] });
        yield return ("backups-off-site", ready with { OffSite = false });
        yield return ("retention-defined", ready with { Backups = [.. backups, Backup(8), Backup(60), Backup(61), Backup(62), Backup(63)] });
        foreach ((string gate, string item) in new[]
        {
            ("missing-migration", "migrations-versioned"), ("out-of-order-migration", "migrations-versioned"), ("schema-drift", "migrations-reproducible"), ("interrupted-run", "migrations-reproducible"),
            ("retry-failed-migration", "migrations-reproducible"), ("edited-migration", "migrations-unedited"), ("risk", "impact-assessed"), ("way-back", "way-back"),
        })
        {
            MigrationPlan plan = ready.Migrations!;
            yield return (item, ready with { Migrations = plan with { Gates = [.. plan.Gates.Select(open => open.Id == gate ? GateResult.Closed(gate, Closed.Error(), []) : open)] } });
        }

        yield return ("runs-logged", ready with { Runs = [] });
        yield return ("restore-documented", ready with { RestoreDocument = new RestoreDocument("restore.md", 12) });
        yield return ("restore-documented", ready with { RestoreDocument = null });
        yield return ("schedule-alive", ready with { Heartbeats = [new Heartbeat("nightly", Now.AddHours(-2), false) { Message = "no space" }] });
        yield return ("schedule-alive", ready with { Heartbeats = [new Heartbeat("nightly", Now.AddHours(-30), true)] });
        yield return ("schedule-alive", ready with { Schedules = [Schedule(alive: true), Schedule(alive: false) with { Task = ScheduledTask.RestoreDrill }] });
        yield return ("schedule-alive", ready with { Schedules = [Schedule(alive: true)], Heartbeats = [.. ready.Heartbeats, new Heartbeat("restore-drill", Now.AddHours(-2), false)] });
    }

    // An archive that was drilled yesterday, but whose data is older than what counts.
    private static BackupInfo Old(BackupInfo like) => like with { Name = "old", CreatedAt = Now.AddDays(-12), Verified = true, DrilledAt = Now.AddDays(-1), Verification = "Restore: Passed" };

    private static ScheduleInfo Schedule(bool? alive) => new("nightly-backup-shop", ScheduledTask.NightlyBackup, "shop", SchedulePlatform.Cron) { When = "daily 02:17", Alive = alive, Evidence = "cron" };

    private static BackupInfo Backup(double days) => new()
    {
        Backup = $"/backups/shop-{days}.safedb", Name = $"shop-{days}.safedb", Destination = "/backups", DatabaseName = "shop", CreatedAt = Now.AddDays(-days), Encrypted = true,
        Coverage = "Complete", Authenticated = true,
    };

    private static ReadinessFacts Ready() => new()
    {
        Now = Now,
        Policy = Policy.Production,
        Destination = "https://account.blob.core.windows.net/backups",
        OffSite = true,
        Backups = [Backup(0.2), Backup(1.2), Backup(2.2) with { Verified = true, DrilledAt = Now.AddDays(-2), VerifiedAt = Now.AddDays(-2), Verification = "Restore: Passed" }, Backup(3.2)],
        Migrations = new MigrationPlan
        {
            Database = "shop", Engine = DatabaseEngine.Sqlite, Folder = "/migrations", Format = "plain", CreatedAt = Now, SchemaFingerprint = "f", Migrations = [],
            Status = [new MigrationStatus("001", "first", MigrationState.Applied) { AppliedAt = Now.AddDays(-3) }],
            Gates = [.. new[] { "interrupted-run", "retry-failed-migration", "edited-migration", "missing-migration", "out-of-order-migration", "schema-drift", "risk", "way-back" }.Select(id => GateResult.Open(id, "fine"))],
        },
        Runs = [new LoggedRun("/evidence/migration-1.jsonl", Now.AddDays(-3), new HashSet<string>(StringComparer.Ordinal) { "001" })],
        RestoreDocument = new RestoreDocument("/docs/restore.md", 5000),
        Heartbeats = [new Heartbeat("nightly", Now.AddHours(-4), true)],
    };
}
