using System.Globalization;

namespace SafeDb.Schedules;

/// <summary>Timers of systemd: of the system for root, else of the user.</summary>
/// <param name="programs">Runs <c>systemctl</c>.</param>
/// <param name="folder">Where unit files are kept; systemd's own place when null.</param>
/// <param name="running">Whether systemd is this machine's init; asked of the machine when null.</param>
public sealed class SystemdScheduler(IProgramRunner programs, string? folder = null, bool? running = null) : IScheduler
{
    private static readonly bool IsRoot = Environment.UserName == "root";

    private readonly string _folder = folder ?? (IsRoot ? "/etc/systemd/system"
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "systemd", "user"));

    /// <inheritdoc/>
    public SchedulePlatform Platform => SchedulePlatform.Systemd;

    /// <summary>sd_booted(3): this folder exists exactly when systemd is the init system.</summary>
    public bool IsAvailable => running ?? (OperatingSystem.IsLinux() && Directory.Exists("/run/systemd/system") && programs.Exists("systemctl"));

    /// <inheritdoc/>
    public string Define(ScheduleSpec spec, ScheduleEntry entry) =>
        $"# {Unit(entry, "service")}\n{SystemdUnits.Service(spec, entry)}\n# {Unit(entry, "timer")}\n{SystemdUnits.Timer(spec, entry)}";

    /// <inheritdoc/>
    public async Task RegisterAsync(ScheduleSpec spec, ScheduleEntry entry, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder);
        Directory.CreateDirectory(spec.EvidencePath);
        await File.WriteAllTextAsync(Unit(entry, "service"), SystemdUnits.Service(spec, entry), cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(Unit(entry, "timer"), SystemdUnits.Timer(spec, entry), cancellationToken).ConfigureAwait(false);
        await ControlAsync(cancellationToken, "daemon-reload").ConfigureAwait(false);
        await ControlAsync(cancellationToken, "enable", "--now", TimerOf(entry)).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> state = await ShowAsync(TimerOf(entry), "ActiveState", cancellationToken).ConfigureAwait(false);
        if (state.GetValueOrDefault("ActiveState") != "active")
        {
            throw ScheduleErrors.NotKept.Exception("systemd", entry.Name);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptSchedule>> ListAsync(CancellationToken cancellationToken)
    {
        var found = new List<KeptSchedule>();
        string[] timers = Directory.Exists(_folder) ? Directory.GetFiles(_folder, SystemdUnits.Prefix + "*.timer") : [];
        foreach (string file in timers.Order(StringComparer.Ordinal))
        {
            string text = await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false);
            if (SystemdUnits.Read(text) is { } entry)
            {
                found.Add(await DescribeAsync(entry, text, cancellationToken).ConfigureAwait(false));
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(ScheduleEntry entry, CancellationToken cancellationToken)
    {
        await ControlAsync(cancellationToken, "disable", "--now", TimerOf(entry)).ConfigureAwait(false);
        File.Delete(Unit(entry, "timer"));
        File.Delete(Unit(entry, "service"));
        await ControlAsync(cancellationToken, "daemon-reload").ConfigureAwait(false);
    }

    private async Task<KeptSchedule> DescribeAsync(ScheduleEntry entry, string text, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> timer = await ShowAsync(TimerOf(entry), "ActiveState,UnitFileState,LastTriggerUSec,NextElapseUSecRealtime", cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> service = await ShowAsync($"{SystemdUnits.Prefix}{entry.Name}.service", "Result,ExecMainStatus,ExecMainExitTimestamp", cancellationToken).ConfigureAwait(false);
        string active = timer.GetValueOrDefault("ActiveState", "unknown");
        DateTimeOffset? ended = Time(service.GetValueOrDefault("ExecMainExitTimestamp"));
        bool? succeeded = ended is null ? null : service.GetValueOrDefault("Result") == "success" && service.GetValueOrDefault("ExecMainStatus") == "0";
        string result = succeeded switch { null => "never ran", true => "last run succeeded", false => $"last run failed ({service.GetValueOrDefault("Result")}, exit code {service.GetValueOrDefault("ExecMainStatus")})" };
        return new KeptSchedule(entry, $"timer {active}, {timer.GetValueOrDefault("UnitFileState", "unknown")}; {result}", active == "active")
        {
            LastRunAt = ended ?? Time(timer.GetValueOrDefault("LastTriggerUSec")), LastSucceeded = succeeded, NextRunAt = Time(timer.GetValueOrDefault("NextElapseUSecRealtime")), Definition = text,
        };
    }

    private async Task<IReadOnlyDictionary<string, string>> ShowAsync(string unit, string properties, CancellationToken cancellationToken)
    {
        ProgramResult result = await ControlAsync(cancellationToken, "show", unit, "--property=" + properties).ConfigureAwait(false);
        return result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.Ordinal);
    }

    private async Task<ProgramResult> ControlAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        string[] all = IsRoot ? arguments : ["--user", .. arguments];
        ProgramResult result = await programs.RunAsync("systemctl", all, input: null, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result : throw ScheduleErrors.Refused.Exception($"systemctl {string.Join(' ', all)}", result.ExitCode, result.Error.Trim());
    }

    // "Tue 2026-03-10 02:17:04 UTC": ProgramRunner asks in UTC and the C locale. "n/a" and an empty text: never.
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, "ddd yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static string TimerOf(ScheduleEntry entry) => $"{SystemdUnits.Prefix}{entry.Name}.timer";

    private string Unit(ScheduleEntry entry, string kind) => Path.Combine(_folder, $"{SystemdUnits.Prefix}{entry.Name}.{kind}");
}
