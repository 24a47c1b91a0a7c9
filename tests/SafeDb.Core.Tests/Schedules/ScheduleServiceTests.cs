using System.Text.Json;

using NSubstitute;

using SafeDb.Addresses;
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

    [Fact]
    public void A_schedule_without_the_variables_of_its_entry_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are of Unix");
        string file = Path.Combine(_folder, "shop.env");
        ScheduleService service = Service(new CronScheduler(new ScriptedPrograms((_, _) => new ProgramResult(0, "", "")), () => []));
        SafeDbException none = Assert.Throws<SafeDbException>(() => service.Plan(Spec("shop"), SchedulePlatform.Auto, Offsite()));
        Assert.Equal("Schedule.VariablesMissing", none.Id);
        Assert.Contains("SHOP_URL, SHOP_TOKEN, SHOP_PASSPHRASE", none.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("UNUSED", none.Message, StringComparison.Ordinal);

        File.WriteAllText(file, "# of the shop\nSHOP_URL='postgresql://ops:hunter2@db/shop'\nSHOP_TOKEN=t\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        ScheduleSpec spec = Spec("shop") with { EnvironmentFile = file };
        SafeDbException part = Assert.Throws<SafeDbException>(() => service.Plan(spec, SchedulePlatform.Auto, Offsite()));
        Assert.EndsWith("refers to them: SHOP_PASSPHRASE.", part.Message, StringComparison.Ordinal);
        File.AppendAllText(file, "SHOP_PASSPHRASE='x'\n");
        Assert.Contains(file, service.Plan(spec, SchedulePlatform.Auto, Offsite()).Definition, StringComparison.Ordinal);
    }

    [Fact]
    public void A_workflow_fits_the_engine_and_the_entry()
    {
        SafeDbException unknown = Assert.Throws<SafeDbException>(() => Service().Plan(Spec("shop"), SchedulePlatform.GitHub, Offsite()));
        Assert.Equal("Schedule.EngineUnknown", unknown.Id);
        string server = Workflow("postgresql://ops:hunter2@db/shop", ScheduledTask.NightlyBackup);
        Assert.Contains("name: 'Nightly backup of shop'", server, StringComparison.Ordinal);
        Assert.Contains("group: 'safedb-nightly-backup-shop'", server, StringComparison.Ordinal);
        Assert.Contains("image: postgres", server, StringComparison.Ordinal);
        Assert.All(new[] { "SHOP_URL", "SHOP_TOKEN", "SHOP_PASSPHRASE" }, name => Assert.Contains($"      {name}: ${{{{ secrets.{name} }}}}\n", server, StringComparison.Ordinal));
        Assert.Contains("safedb backup \"$DATABASE\" --config-path \"$CONFIG\" --output json", server, StringComparison.Ordinal);
        Assert.All(new[] { "DATABASE_URL", "SAFEDB_PASSPHRASE", "$DESTINATION", "hunter2", "UNUSED" }, gone => Assert.DoesNotContain(gone, server, StringComparison.Ordinal));

        // A file is reached by no machine of GitHub, and needs no server for its copy.
        foreach (ScheduledTask task in new[] { ScheduledTask.NightlyBackup, ScheduledTask.RestoreDrill })
        {
            string file = Workflow("sqlite:/data/shop.db", task);
            Assert.Contains("runs-on: self-hosted", file, StringComparison.Ordinal);
            Assert.Contains("safedb test \"$archive\" --config-path \"$CONFIG\" --database \"$DATABASE\"\n", file + "\n", StringComparison.Ordinal);
            Assert.All(new[] { "postgres", "services:", "--no-owner", "DATABASE_URL" }, gone => Assert.DoesNotContain(gone, file, StringComparison.Ordinal));
            JsonElement template = JsonDocument.Parse(Plan("sqlite:/data/shop.db", task, SchedulePlatform.AzureAutomation)).RootElement;
            Assert.True(template.GetProperty("parameters").TryGetProperty("hybridWorkerGroup", out _));
            Assert.Equal("[parameters('hybridWorkerGroup')]", template.GetProperty("resources")[1].GetProperty("properties").GetProperty("runOn").GetString());
            Assert.Contains("shop", template.GetProperty("parameters").GetProperty("databaseSecret").GetProperty("metadata").GetProperty("description").GetString(), StringComparison.Ordinal);
        }

        string Workflow(string address, ScheduledTask task) => Plan(address, task, SchedulePlatform.GitHub);
        string Plan(string address, ScheduledTask task, SchedulePlatform platform) =>
            Service(name => name == "SHOP_URL" ? address : null).Plan(Spec("shop") with { Task = task }, platform, Offsite()).Definition;
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

    private static ScheduleService Service(params IScheduler[] schedulers) => Service(_ => null, schedulers);

    private static ScheduleService Service(Func<string, string?> lookup, params IScheduler[] schedulers) =>
        new(new SafeDbEngine(new EngineRegistry([Provider(DatabaseEngine.Sqlite, "sqlite:"), Provider(DatabaseEngine.PostgreSql, "postgresql:")]), new StoreRegistry([new FolderStoreFactory(new Fixed())]), new Fixed()), schedulers, lookup);

    private static IDatabaseProvider Provider(DatabaseEngine engine, string scheme)
    {
        IDatabaseProvider provider = Substitute.For<IDatabaseProvider>();
        provider.Engine.Returns(engine);
        provider.TryParse(Arg.Any<string>()).Returns(call => call.Arg<string>().StartsWith(scheme, StringComparison.Ordinal) ? new DatabaseAddress(engine, call.Arg<string>(), scheme, "shop") : null);
        return provider;
    }

    private SafeDbConfiguration Offsite() => ConfigurationLoader.Parse(
        """
        {
          "databases": { "shop": { "address": "${SHOP_URL}", "destination": "offsite" } },
          "destinations": { "offsite": { "address": "https://account.blob.core.windows.net/backups?${SHOP_TOKEN}", "recipients": ["ops"] }, "other": { "address": "${UNUSED}" } },
          "recipients": { "ops": { "passphrase": "${SHOP_PASSPHRASE}" }, "auditor": { "key": "${UNUSED_KEY}" } }
        }
        """,
        Path.Combine(_folder, "my shop", "safedb.json"));

    private SafeDbConfiguration Configuration() =>
        ConfigurationLoader.Parse("""{ "databases": { "shop": { "address": "sqlite:./shop.db" } } }""", Path.Combine(_folder, "my shop", "safedb.json"));

    private sealed class Fixed : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Samples.Now;
    }
}
