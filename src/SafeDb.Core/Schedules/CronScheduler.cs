namespace SafeDb.Schedules;

/// <summary>The crontab of the user.</summary>
/// <param name="programs">Runs <c>crontab</c>.</param>
/// <param name="processes">Names of the processes that run; those of this machine when null.</param>
public sealed class CronScheduler(IProgramRunner programs, Func<IEnumerable<string>>? processes = null) : IScheduler
{
    private static readonly string[] Daemons = ["cron", "crond", "cronie", "busybox crond", "systemd-cron"];

    /// <inheritdoc/>
    public SchedulePlatform Platform => SchedulePlatform.Cron;

    /// <inheritdoc/>
    public bool IsAvailable => !OperatingSystem.IsWindows() && programs.Exists("crontab");

    /// <inheritdoc/>
    public string Define(ScheduleSpec spec, ScheduleEntry entry) => CronTable.Lines(spec, entry);

    /// <inheritdoc/>
    public async Task RegisterAsync(ScheduleSpec spec, ScheduleEntry entry, CancellationToken cancellationToken)
    {
        string lines = CronTable.Lines(spec, entry);
        Directory.CreateDirectory(spec.EvidencePath);
        await WriteAsync(CronTable.With(await ReadAsync(cancellationToken).ConfigureAwait(false), entry, lines), cancellationToken).ConfigureAwait(false);
        if (!(await ReadAsync(cancellationToken).ConfigureAwait(false)).Contains(lines, StringComparison.Ordinal))
        {
            throw ScheduleErrors.NotKept.Exception("crontab", entry.Name);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptSchedule>> ListAsync(CancellationToken cancellationToken)
    {
        bool running = (processes ?? Running)().Any(name => Daemons.Contains(name, StringComparer.Ordinal));
        string daemon = running ? "cron is running" : "no cron daemon is running";
        return [.. CronTable.Read(await ReadAsync(cancellationToken).ConfigureAwait(false)).Select(found => new KeptSchedule(
            found.Entry, found.Line is null ? "its line was taken out of the crontab" : daemon, running && found.Line is not null) { Definition = found.Line })];
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(ScheduleEntry entry, CancellationToken cancellationToken) =>
        await WriteAsync(CronTable.Without(await ReadAsync(cancellationToken).ConfigureAwait(false), entry.Name), cancellationToken).ConfigureAwait(false);

    private async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync("crontab", ["-l"], input: null, cancellationToken).ConfigureAwait(false);

        // Every implementation ends with 1 for "no crontab for this user", and for nothing else when -l is its only argument but a refusal, which it names.
        return result.ExitCode == 0 ? result.Output
            : result.Error.Contains("no crontab", StringComparison.OrdinalIgnoreCase) || result.Error.Contains("can't open", StringComparison.OrdinalIgnoreCase) ? string.Empty
            : throw ScheduleErrors.Refused.Exception("crontab -l", result.ExitCode, result.Error.Trim());
    }

    private async Task WriteAsync(string table, CancellationToken cancellationToken)
    {
        ProgramResult result = await programs.RunAsync("crontab", ["-"], table, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw ScheduleErrors.Refused.Exception("crontab -", result.ExitCode, result.Error.Trim());
        }
    }

    private static IEnumerable<string> Running() => System.Diagnostics.Process.GetProcesses().Select(process =>
    {
        using (process)
        {
            return process.ProcessName;
        }
    });
}
