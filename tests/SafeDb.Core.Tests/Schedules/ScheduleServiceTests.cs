using System.Text.Json;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Providers;
using SafeDb.Readiness;
using SafeDb.Schedules;
using SafeDb.Stores;

using Xunit;

namespace SafeDb.Core.Tests.Schedules;

public sealed class ScheduleServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-schedule-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Only_names_of_the_configuration_come_onto_a_command_line()
    {
        SafeDbConfiguration configuration = Configuration();
        foreach (string written in new[] { "postgresql://ops:hunter2@db/shop", "sqlite:./shop.db", "nobody" })
        {
            SafeDbException problem = Assert.Throws<SafeDbException>(() => Service().Plan(Spec(written), SchedulePlatform.GitHub, configuration));
            Assert.Equal("Schedule.NotConfigured", problem.Id);
            Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal("Schedule.Unprintable", Assert.Throws<SafeDbException>(() => Service().Plan(Spec("shop") with { EvidencePath = "/x\n* * * * * evil" }, SchedulePlatform.Auto, configuration)).Id);
        Assert.Equal("Schedule.NoScheduler", Assert.Throws<SafeDbException>(() => Service().Plan(Spec("shop"), SchedulePlatform.Auto, configuration)).Id);
    }

    [Fact]
    public void A_file_of_secrets_that_others_can_read_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are of Unix");
        string file = Path.Combine(_folder, "secrets.env");
        ScheduleSpec spec = Spec("shop") with { EnvironmentFile = file };
        ScheduleService service = Service(new CronScheduler(new ScriptedPrograms((_, _) => new ProgramResult(0, "", "")), () => []));
        Assert.Equal("Schedule.EnvironmentFileMissing", Assert.Throws<SafeDbException>(() => service.Plan(spec, SchedulePlatform.Auto, Configuration())).Id);
        File.WriteAllText(file, "SECRET=hunter2\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Equal("Schedule.EnvironmentFileOpen", Assert.Throws<SafeDbException>(() => service.Plan(spec, SchedulePlatform.Auto, Configuration())).Id);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.DoesNotContain("hunter2", service.Plan(spec, SchedulePlatform.Auto, Configuration()).Definition, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScheduledTask.NightlyBackup, null, "cron: '17 2 * * *'", "Day", "NightlyBackup")]
    [InlineData(ScheduledTask.RestoreDrill, DayOfWeek.Monday, "cron: '17 2 * * 1'", "Week", "RestoreDrill")]
    public async Task Definitions_for_GitHub_and_Azure_are_given_and_nothing_is_changed(ScheduledTask task, DayOfWeek? day, string cron, string frequency, string runbook)
    {
        ScheduleSpec spec = Spec("shop") with { Task = task, Day = day };
        ScheduleInfo workflow = await Service().RegisterAsync(Service().Plan(spec, SchedulePlatform.GitHub, Configuration()), TestContext.Current.CancellationToken);
        Assert.Contains(cron, workflow.Definition, StringComparison.Ordinal);
        Assert.Contains("safedb test", workflow.Definition, StringComparison.Ordinal);

        JsonElement template = JsonDocument.Parse(Service().Plan(spec, SchedulePlatform.AzureAutomation, Configuration()).Definition).RootElement;
        JsonElement schedule = template.GetProperty("resources")[0].GetProperty("properties");
        JsonElement job = template.GetProperty("resources")[1].GetProperty("properties");
        Assert.Equal(frequency, schedule.GetProperty("frequency").GetString());
        Assert.Equal("2026-03-11T02:17:00+00:00", schedule.GetProperty("startTime").GetString());
        Assert.Equal(runbook, job.GetProperty("runbook").GetProperty("name").GetString());
        Assert.All(
            job.GetProperty("parameters").EnumerateObject(),
            given => Assert.True(template.GetProperty("parameters").TryGetProperty(given.Value.GetString()!.Split('\'')[1], out _), given.Name));
        Assert.Equal("Schedule.NotOffered", Assert.Throws<SafeDbException>(() => Service().Plan(spec with { Task = ScheduledTask.ReadinessCheck }, SchedulePlatform.GitHub, Configuration())).Id);
    }

    [Fact]
    public void A_schedule_lives_by_evidence_not_by_being_registered()
    {
        ScheduleEntry entry = Spec("shop").Entry(Samples.Now.AddDays(-10));
        Heartbeat good = new(entry.Heartbeat, Samples.Now.AddHours(-3), true);
        Heartbeat bad = good with { Succeeded = false, Message = "Folder.Full", FinishedAt = Samples.Now.AddHours(-2) };

        Assert.True(Alive(new KeptSchedule(entry, "cron is running", true), [good], Samples.Now.AddHours(-3)));
        Assert.False(Alive(new KeptSchedule(entry, "no cron daemon is running", false), [good], null));
        Assert.False(Alive(new KeptSchedule(entry, "cron is running", true), [], null));
        Assert.False(Alive(new KeptSchedule(entry, "cron is running", true), [good with { Name = "nightly-backup other" }], null));
        Assert.False(Alive(new KeptSchedule(entry, "cron is running", true), [good, bad], null));
        Assert.False(Alive(new KeptSchedule(entry, "cron is running", true), [good with { FinishedAt = Samples.Now.AddHours(-27) }], null));
        Assert.False(Alive(new KeptSchedule(entry, "cron is running", true), [good], Samples.Now.AddHours(-50)));
        Assert.False(Alive(new KeptSchedule(entry, "timer active", true) { LastSucceeded = false, LastRunAt = Samples.Now.AddHours(-1) }, [good], null));
        Assert.Null(Alive(new KeptSchedule(Spec("shop").Entry(Samples.Now.AddHours(-1)), "cron is running", true), [], null));
    }

    [Fact]
    public void Names_differ_where_databases_do()
    {
        string[] names = [.. new[] { "a b", "a_b", "a-b", "ä", "a.b", "a/b" }.Select(ScheduleNames.Safe)];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches("^[A-Za-z0-9._-]+$", name));
    }

    private static bool? Alive(KeptSchedule kept, IReadOnlyList<Heartbeat> heartbeats, DateTimeOffset? newest) => ScheduleJudge.Judge(SchedulePlatform.Cron, kept, heartbeats, newest, Samples.Now).Alive;

    private ScheduleSpec Spec(string database) => Samples.Awkward(_folder, database: database);

    private static ScheduleService Service(params IScheduler[] schedulers) =>
        new(new SafeDbEngine(new EngineRegistry([]), new StoreRegistry([new FolderStoreFactory(new Fixed())]), new Fixed()), schedulers, _ => null);

    private SafeDbConfiguration Configuration() =>
        ConfigurationLoader.Parse("""{ "databases": { "shop": { "address": "sqlite:./shop.db" } } }""", Path.Combine(_folder, "my shop", "safedb.json"));

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Samples.Now;
    }
}
