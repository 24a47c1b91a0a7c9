using System.Globalization;
using System.Text;

namespace SafeDb.Schedules;

/// <summary>The unit files of a schedule.</summary>
internal static class SystemdUnits
{
    public const string Prefix = "safedb-";
    private const string Mark = "X-SafeDbSchedule=";

    public static string Service(ScheduleSpec spec, ScheduleEntry entry)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[Unit]\nDescription=SafeDb {Value(entry.Heartbeat)}\nWants=network-online.target\nAfter=network-online.target\n\n[Service]\nType=oneshot\n");
        text.Append(CultureInfo.InvariantCulture, $"WorkingDirectory={Value(spec.Folder)}\n");
        foreach ((string name, string value) in spec.Variables)
        {
            text.Append(CultureInfo.InvariantCulture, $"Environment={Quoted($"{name}={value}", isCommand: false)}\n");
        }

        if (spec.EnvironmentFile is { } file)
        {
            text.Append(CultureInfo.InvariantCulture, $"EnvironmentFile={Value(file)}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"ExecStart={string.Join(' ', spec.Command.Select(argument => Quoted(argument, isCommand: true)))}\nNice=10\nNoNewPrivileges=true\n");
        return text.ToString();
    }

    public static string Timer(ScheduleSpec spec, ScheduleEntry entry)
    {
        string day = spec.Day is { } weekly ? weekly.ToString()[..3] + " " : string.Empty;
        string time = spec.At.ToString("HH:mm", CultureInfo.InvariantCulture);

        // Persistent: a machine that was off at the time makes up for it. Sections and keys that begin with X- are left alone by systemd.
        return $"[Unit]\nDescription=SafeDb {Value(entry.Heartbeat)}, {entry.When}\n\n[Timer]\nOnCalendar={day}*-*-* {time}:00\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n\n[X-SafeDb]\n{Mark}{entry.Serialise()}\n";
    }

    public static ScheduleEntry? Read(string timer) => timer.Split('\n').FirstOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal)) is { } line ? ScheduleEntry.Parse(line[Mark.Length..]) : null;

    // systemd.unit(5): percent signs begin specifiers; systemd.service(5): a dollar sign begins a variable of the command line.
    private static string Value(string text) => text.Replace("%", "%%", StringComparison.Ordinal);

    private static string Quoted(string text, bool isCommand)
    {
        string escaped = Value(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{(isCommand ? escaped.Replace("$", "$$", StringComparison.Ordinal) : escaped)}\"";
    }
}
