using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Schedules;

using Xunit;

namespace SafeDb.Core.Tests.Schedules;

/// <summary>Unit files, held to systemd's own checker; systemctl is scripted, because a test machine rarely boots with systemd.</summary>
public sealed class SystemdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-systemd-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(null)]
    [InlineData(DayOfWeek.Sunday)]
    public async Task Systemd_itself_finds_nothing_wrong_with_the_units(DayOfWeek? day)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");
        ScheduleSpec spec = Samples.Awkward(_folder) with { Day = day, EnvironmentFile = Path.Combine(_folder, "secrets.env") };
        await Scheduler(_ => "ActiveState=active\n").RegisterAsync(spec, spec.Entry(Samples.Now), TestContext.Current.CancellationToken);
        string[] units = Directory.GetFiles(_folder, "safedb-*");
        Assert.Equal(2, units.Length);
        Assert.Equal((0, ""), Analyze(["verify", .. units]));

        // The checker does find a mistake.
        string service = units.Single(unit => unit.EndsWith(".service", StringComparison.Ordinal));
        await File.AppendAllTextAsync(service, "ExecStart=relative\nNonsense=1\n", TestContext.Current.CancellationToken);
        Assert.NotEqual("", Analyze(["verify", service]).Output);
        string when = File.ReadLines(units.Single(unit => unit.EndsWith(".timer", StringComparison.Ordinal))).Single(line => line.StartsWith("OnCalendar=", StringComparison.Ordinal))["OnCalendar=".Length..];
        Assert.Contains(day is null ? "Normalized form: *-*-* 02:17:00" : "Normalized form: Sun *-*-* 02:17:00", Analyze(["calendar", when]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_run_is_read_from_systemd_and_the_timer_is_removed_whole()
    {
        ScheduleSpec spec = Samples.Awkward(_folder);
        ScheduleEntry entry = spec.Entry(Samples.Now);
        SystemdScheduler scheduler = Scheduler(unit => unit.EndsWith(".timer", StringComparison.Ordinal)
            ? "ActiveState=active\nUnitFileState=enabled\nLastTriggerUSec=Tue 2026-03-10 02:17:00 UTC\nNextElapseUSecRealtime=Wed 2026-03-11 02:17:00 UTC\n"
            : "Result=exit-code\nExecMainStatus=4\nExecMainExitTimestamp=Tue 2026-03-10 02:19:30 UTC\n");
        await scheduler.RegisterAsync(spec, entry, TestContext.Current.CancellationToken);

        KeptSchedule kept = Assert.Single(await scheduler.ListAsync(TestContext.Current.CancellationToken));
        Assert.Equal(entry, kept.Entry);
        Assert.Equal((false, new DateTimeOffset(2026, 3, 10, 2, 19, 30, TimeSpan.Zero), new DateTimeOffset(2026, 3, 11, 2, 17, 0, TimeSpan.Zero)), (kept.LastSucceeded, kept.LastRunAt, kept.NextRunAt));
        Assert.Equal(false, ScheduleJudge.Judge(SchedulePlatform.Systemd, kept, [], null, Samples.Now).Alive);

        await File.WriteAllTextAsync(Path.Combine(_folder, "safedb-mine.timer"), "[Timer]\nOnCalendar=daily\n", TestContext.Current.CancellationToken);
        await scheduler.RemoveAsync(entry, TestContext.Current.CancellationToken);
        Assert.Equal(["safedb-mine.timer"], Directory.GetFiles(_folder, "safedb-*").Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_timer_that_does_not_start_is_an_error()
    {
        ScheduleSpec spec = Samples.Awkward(_folder);
        Assert.Equal("Schedule.NotKept", (await Assert.ThrowsAsync<SafeDbException>(
            () => Scheduler(_ => "ActiveState=failed\n").RegisterAsync(spec, spec.Entry(Samples.Now), TestContext.Current.CancellationToken))).Id);
    }

    private SystemdScheduler Scheduler(Func<string, string> show) => new(
        new ScriptedPrograms((_, arguments) => new ProgramResult(0, arguments.FirstOrDefault(argument => argument.StartsWith("safedb-", StringComparison.Ordinal)) is { } unit ? show(unit) : "", "")), _folder, running: true);

    private static (int ExitCode, string Output) Analyze(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/systemd-analyze", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
