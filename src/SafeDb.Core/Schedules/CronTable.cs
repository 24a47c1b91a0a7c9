using System.Globalization;

namespace SafeDb.Schedules;

/// <summary>A crontab as text. Every line that SafeDb did not write stays byte for byte.</summary>
internal static class CronTable
{
    private const string Mark = "# SafeDb schedule ";

    /// <summary>The two lines of a schedule: what it says of itself, and what cron runs.</summary>
    public static string Lines(ScheduleSpec spec, ScheduleEntry entry)
    {
        string day = spec.Day is { } weekly ? ((int)weekly).ToString(CultureInfo.InvariantCulture) : "*";
        string variables = string.Concat(spec.Variables.Select(pair => $"{pair.Key}={Quoted(pair.Value)} "));
        string secrets = spec.EnvironmentFile is { } file ? $"set -a && . {Quoted(file)} && set +a && " : string.Empty;
        string log = Quoted(Path.Combine(spec.EvidencePath, entry.Name + ".log"));
        string command = $"cd {Quoted(spec.Folder)} && {secrets}{variables}{string.Join(' ', spec.Command.Select(Quoted))} >> {log} 2>&1";

        // In a crontab an unescaped percent sign ends the command.
        return string.Create(CultureInfo.InvariantCulture, $"{Mark}{entry.Serialise()}\n{spec.At.Minute} {spec.At.Hour} * * {day} {command.Replace("%", "\\%", StringComparison.Ordinal)}\n");
    }

    /// <summary>The table with a schedule added, or put in the place of the one of its name.</summary>
    public static string With(string table, ScheduleEntry entry, string lines)
    {
        string rest = Without(table, entry.Name);
        return rest.Length == 0 || rest.EndsWith('\n') ? rest + lines : rest + "\n" + lines;
    }

    /// <summary>The table without a schedule.</summary>
    public static string Without(string table, string name)
    {
        string[] lines = table.Split('\n');
        var kept = new List<string>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (EntryOf(lines[i]) is { } entry && entry.Name == name)
            {
                i++;
                continue;
            }

            kept.Add(lines[i]);
        }

        return string.Join('\n', kept);
    }

    /// <summary>The schedules in a table. One whose line was commented out or removed by hand does not run, and is given without a line.</summary>
    public static IReadOnlyList<(ScheduleEntry Entry, string? Line)> Read(string table)
    {
        string[] lines = table.Split('\n');
        var found = new List<(ScheduleEntry, string?)>();
        for (int i = 0; i < lines.Length; i++)
        {
            if (EntryOf(lines[i]) is { } entry)
            {
                string? next = i + 1 < lines.Length ? lines[i + 1] : null;
                found.Add((entry, next is { Length: > 0 } && next[0] != '#' ? next : null));
            }
        }

        return found;
    }

    private static ScheduleEntry? EntryOf(string line) => line.StartsWith(Mark, StringComparison.Ordinal) ? ScheduleEntry.Parse(line[Mark.Length..]) : null;

    internal static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
