using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Schedules;

using Xunit;

namespace SafeDb.Core.Tests.Schedules;

/// <summary>The crontab: as text, and with the real <c>crontab</c> in the table of a user that nobody uses.</summary>
public sealed class CronTests : IDisposable
{
    private const string Somebody = "# mine\nMAILTO=ops@example.org\n5 5 * * * true # last";
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-cron-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Other_lines_stay_byte_for_byte_and_the_same_schedule_twice_is_one()
    {
        ScheduleSpec spec = Samples.Awkward(_folder);
        ScheduleEntry entry = spec.Entry(Samples.Now);
        string once = CronTable.With(Somebody, entry, CronTable.Lines(spec, entry));
        string twice = CronTable.With(once, entry, CronTable.Lines(spec with { At = new TimeOnly(3, 0) }, entry));

        Assert.StartsWith(Somebody + "\n", once, StringComparison.Ordinal);
        Assert.Equal(entry, Assert.Single(CronTable.Read(twice)).Entry);
        Assert.Contains("\n0 3 * * * cd ", twice, StringComparison.Ordinal);
        Assert.Equal(Somebody + "\n", CronTable.Without(twice, entry.Name));
        Assert.Equal(Somebody, CronTable.Without(Somebody, entry.Name));
    }

    [Fact]
    public void A_line_that_was_commented_out_is_seen()
    {
        ScheduleSpec spec = Samples.Awkward(_folder);
        ScheduleEntry entry = spec.Entry(Samples.Now);
        string lines = CronTable.Lines(spec, entry);
        Assert.NotNull(Assert.Single(CronTable.Read(lines)).Line);
        Assert.Null(Assert.Single(CronTable.Read(lines.Replace("\n17", "\n#17", StringComparison.Ordinal))).Line);
        Assert.Empty(CronTable.Read("# SafeDb schedule { broken\n1 1 * * * true\n"));
    }

    [Fact]
    public void What_cron_hands_to_the_shell_arrives_unharmed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "cron is of Unix");
        ScheduleSpec spec = Samples.Awkward(_folder) with { EnvironmentFile = Path.Combine(_folder, "s ecret's.env") };
        spec = spec with { Command = ["/bin/sh", "-c", "printf '%s|' \"$DOTNET_ROOT\" \"$SECRET\" \"$@\"", "sh", .. spec.Command.Skip(1)] };
        Directory.CreateDirectory(spec.Folder);
        Directory.CreateDirectory(spec.EvidencePath);
        File.WriteAllText(spec.EnvironmentFile, "SECRET='pass word'\n");
        ScheduleEntry entry = spec.Entry(Samples.Now);
        string line = CronTable.Read(CronTable.Lines(spec, entry))[0].Line!;

        // crontab(5): the rest of the line up to an unescaped percent sign, with \% turned into %.
        string command = line["17 2 * * * ".Length..].Replace("\\%", "\u0001", StringComparison.Ordinal);
        Assert.DoesNotContain('%', command);
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", command.Replace('\u0001', '%')]))!;
        shell.WaitForExit();

        Assert.Equal(
            "/opt/dot net|pass word|100%|it's|a \"quoted\" $HOME|back\\slash|Bücher & Söhne|", File.ReadAllText(Path.Combine(spec.EvidencePath, entry.Name + ".log")));
        Assert.DoesNotContain("pass word", CronTable.Lines(spec, entry), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_real_crontab_takes_lists_and_gives_it_back()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/crontab"), "needs crontab, and root for the table of another user");
        var scheduler = new CronScheduler(new CrontabOf("games"), () => ["init", "cron"]);
        ScheduleSpec spec = Samples.Awkward(_folder, database: $"test {Guid.NewGuid():N}");
        ScheduleEntry entry = spec.Entry(Samples.Now);
        CancellationToken stop = TestContext.Current.CancellationToken;
        string before = await TableAsync(stop);
        await scheduler.RegisterAsync(spec, entry, stop);
        try
        {
            KeptSchedule kept = Assert.Single(await scheduler.ListAsync(stop), kept => kept.Entry.Name == entry.Name);
            Assert.Equal(entry, kept.Entry);
            Assert.True(kept.Working);
            Assert.False(Assert.Single(await new CronScheduler(new CrontabOf("games"), () => ["init"]).ListAsync(stop), kept => kept.Entry.Name == entry.Name).Working);
        }
        finally
        {
            await scheduler.RemoveAsync(entry, stop);
        }

        Assert.DoesNotContain(await scheduler.ListAsync(stop), kept => kept.Entry.Name == entry.Name);
        Assert.Equal(before, await TableAsync(stop));
    }

    [Fact]
    public async Task A_crontab_that_refuses_is_an_error_and_a_missing_table_is_none()
    {
        var denied = new CronScheduler(new ScriptedPrograms((_, _) => new ProgramResult(1, "", "You (x) are not allowed to use this program (crontab)")), () => []);
        Assert.Equal("Schedule.Refused", (await Assert.ThrowsAsync<SafeDbException>(() => denied.ListAsync(TestContext.Current.CancellationToken))).Id);
        var none = new CronScheduler(new ScriptedPrograms((_, _) => new ProgramResult(1, "", "no crontab for root")), () => []);
        Assert.Empty(await none.ListAsync(TestContext.Current.CancellationToken));

        // Somebody else manages the table and throws our lines away.
        var forgetful = new CronScheduler(new ScriptedPrograms((_, _) => new ProgramResult(0, "# managed\n", "")), () => []);
        ScheduleSpec spec = Samples.Awkward(_folder);
        Assert.Equal("Schedule.NotKept", (await Assert.ThrowsAsync<SafeDbException>(() => forgetful.RegisterAsync(spec, spec.Entry(Samples.Now), TestContext.Current.CancellationToken))).Id);
    }

    private static async Task<string> TableAsync(CancellationToken stop) => (await new CrontabOf("games").RunAsync("crontab", ["-l"], null, stop)).Output;

    private sealed class CrontabOf(string user) : IProgramRunner
    {
        private readonly ProgramRunner _real = new();

        public bool Exists(string program) => _real.Exists(program);

        public Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken) =>
            _real.RunAsync(program, ["-u", user, .. arguments], input, cancellationToken);
    }
}
