using System.Globalization;
using System.Text;

namespace SafeDb.Schedules;

/// <summary>Tasks in the folder <c>SafeDb</c> of the Windows task scheduler.</summary>
/// <param name="programs">Runs <c>schtasks</c>.</param>
/// <param name="clock">The time.</param>
/// <param name="available">Whether this machine has it; asked of the machine when null.</param>
public sealed class WindowsTaskScheduler(IProgramRunner programs, TimeProvider clock, bool? available = null) : IScheduler
{
    private const string TaskFolder = "\\SafeDb\\";

    /// <inheritdoc/>
    public SchedulePlatform Platform => SchedulePlatform.WindowsTask;

    /// <inheritdoc/>
    public bool IsAvailable => available ?? (OperatingSystem.IsWindows() && programs.Exists("schtasks"));

    /// <inheritdoc/>
    public string Define(ScheduleSpec spec, ScheduleEntry entry) => WindowsTaskXml.Of(spec, entry, clock.GetLocalNow());

    /// <inheritdoc/>
    public async Task RegisterAsync(ScheduleSpec spec, ScheduleEntry entry, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(spec.EvidencePath);
        string file = Path.GetTempFileName();
        try
        {
            // schtasks reads only UTF-16 with its mark when the declaration says so.
            await File.WriteAllTextAsync(file, Define(spec, entry), Encoding.Unicode, cancellationToken).ConfigureAwait(false);
            await RunAsync(cancellationToken, "/Create", "/TN", TaskFolder + entry.Name, "/XML", file, "/F").ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }

        ProgramResult kept = await RunAsync(cancellationToken, "/Query", "/TN", TaskFolder + entry.Name, "/XML").ConfigureAwait(false);
        if (WindowsTaskXml.Read(kept.Output)?.Entry != entry)
        {
            throw ScheduleErrors.NotKept.Exception("The task scheduler", entry.Name);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<KeptSchedule>> ListAsync(CancellationToken cancellationToken)
    {
        ProgramResult all = await RunAsync(cancellationToken, "/Query", "/FO", "CSV", "/V", "/NH").ConfigureAwait(false);
        var found = new Dictionary<string, KeptSchedule>(StringComparer.Ordinal);
        foreach (string[] row in all.Output.Split('\n').Select(Fields).Where(row => row.Length > 6 && row[1].StartsWith(TaskFolder, StringComparison.Ordinal)))
        {
            ProgramResult definition = await RunAsync(cancellationToken, "/Query", "/TN", row[1], "/XML").ConfigureAwait(false);
            if (WindowsTaskXml.Read(definition.Output) is { } task)
            {
                // 0x41303: it has not run yet. 0x41301: it is running.
                bool ended = row[6] is not ("267011" or "267009");
                found[row[1]] = new KeptSchedule(task.Entry, $"{row[3]}; last result {row[6]}", task.Enabled)
                {
                    LastRunAt = ended ? Time(row[5]) : null, LastSucceeded = ended ? row[6] == "0" : null, NextRunAt = Time(row[2]), Definition = definition.Output,
                };
            }
        }

        return [.. found.Values];
    }

    /// <inheritdoc/>
    public Task RemoveAsync(ScheduleEntry entry, CancellationToken cancellationToken) => RunAsync(cancellationToken, "/Delete", "/TN", TaskFolder + entry.Name, "/F");

    private async Task<ProgramResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        ProgramResult result = await programs.RunAsync("schtasks", arguments, input: null, cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result : throw ScheduleErrors.Refused.Exception($"schtasks {arguments[0]}", result.ExitCode, result.Error.Trim());
    }

    // Dates come in the language of the account; headers do too, but the columns keep their order.
    private static DateTimeOffset? Time(string text) => DateTimeOffset.TryParse(text, CultureInfo.CurrentCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time) ? time.ToUniversalTime() : null;

    private static string[] Fields(string line) => line.Trim() is { Length: > 1 } text ? text.Trim('"').Split("\",\"") : [];
}
