using System.Globalization;

namespace SafeDb.Schedules;

/// <summary>What a schedule has when nobody says otherwise.</summary>
public static class ScheduleDefaults
{
    // Off the full hour, when everybody else's schedules start.
    private static readonly TimeOnly Nightly = new(2, 17);
    private static readonly TimeOnly Drill = new(4, 17);
    private static readonly TimeOnly Check = new(6, 17);

    /// <summary>The time of day: as written, else a quiet one of the task.</summary>
    public static TimeOnly At(ScheduledTask task, string? text) => text is null
        ? task switch { ScheduledTask.NightlyBackup => Nightly, ScheduledTask.RestoreDrill => Drill, _ => Check }
        : TimeOnly.TryParseExact(text, ["HH:mm", "H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly at) ? at : throw ScheduleErrors.Time.Exception(text);

    /// <summary>The day of a weekly task; null for a daily one.</summary>
    public static DayOfWeek? Day(ScheduledTask task) => task == ScheduledTask.RestoreDrill ? DayOfWeek.Sunday : null;

    /// <summary>What starts this program again: a scheduler has no search path worth relying on.</summary>
    public static IReadOnlyList<string> ThisProgram()
    {
        string program = Environment.ProcessPath!;

        // Under 'dotnet program.dll' the host alone would start nothing.
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Path.GetFullPath(Environment.GetCommandLineArgs()[0])] : [program];
    }

    /// <summary>Variables that the program itself needs and a scheduler does not set. None holds a secret.</summary>
    /// <param name="lookup">Reads an environment variable.</param>
    public static IReadOnlyDictionary<string, string> Variables(Func<string, string?> lookup) =>
        lookup("DOTNET_ROOT") is { Length: > 0 } root ? new Dictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_ROOT"] = root } : new Dictionary<string, string>(StringComparer.Ordinal);
}
