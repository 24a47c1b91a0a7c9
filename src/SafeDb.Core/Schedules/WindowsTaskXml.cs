using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace SafeDb.Schedules;

/// <summary>The definition of a task of the Windows task scheduler (schema 1.2).</summary>
internal static class WindowsTaskXml
{
    private const string Mark = "SafeDb schedule ";
    private static readonly XNamespace Ns = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    public static string Of(ScheduleSpec spec, ScheduleEntry entry, DateTimeOffset now)
    {
        XElement day = spec.Day is { } weekly
            ? new XElement(Ns + "ScheduleByWeek", new XElement(Ns + "WeeksInterval", 1), new XElement(Ns + "DaysOfWeek", new XElement(Ns + weekly.ToString())))
            : new XElement(Ns + "ScheduleByDay", new XElement(Ns + "DaysInterval", 1));
        string start = now.Date.Add(spec.At.ToTimeSpan()).ToString("s", CultureInfo.InvariantCulture);
        var task = new XElement(Ns + "Task", new XAttribute("version", "1.2"),
            new XElement(Ns + "RegistrationInfo", new XElement(Ns + "Author", "SafeDb"), new XElement(Ns + "Description", Mark + entry.Serialise())),
            new XElement(Ns + "Triggers", new XElement(Ns + "CalendarTrigger", new XElement(Ns + "StartBoundary", start), new XElement(Ns + "Enabled", "true"), day)),

            // S4U: runs whether its user is signed in or not, without a stored password.
            new XElement(Ns + "Principals", new XElement(Ns + "Principal", new XAttribute("id", "Author"), new XElement(Ns + "LogonType", "S4U"), new XElement(Ns + "RunLevel", "LeastPrivilege"))),
            new XElement(Ns + "Settings",
                new XElement(Ns + "MultipleInstancesPolicy", "IgnoreNew"), new XElement(Ns + "DisallowStartIfOnBatteries", "false"), new XElement(Ns + "StopIfGoingOnBatteries", "false"),
                new XElement(Ns + "StartWhenAvailable", "true"), new XElement(Ns + "RunOnlyIfNetworkAvailable", "true"), new XElement(Ns + "Enabled", "true"), new XElement(Ns + "ExecutionTimeLimit", "PT12H")),
            new XElement(Ns + "Actions", new XAttribute("Context", "Author"), new XElement(Ns + "Exec",
                new XElement(Ns + "Command", spec.Command[0]), new XElement(Ns + "Arguments", string.Join(' ', spec.Command.Skip(1).Select(Quoted))), new XElement(Ns + "WorkingDirectory", spec.Folder))));
        return "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n" + task;
    }

    /// <summary>Reads what <see cref="Of"/> wrote; null for a task of somebody else.</summary>
    public static (ScheduleEntry Entry, bool Enabled)? Read(string xml)
    {
        XElement? task = xml.IndexOf("<Task", StringComparison.Ordinal) is >= 0 and var start ? XElement.Parse(xml[start..]) : null;
        string? description = (string?)task?.Element(Ns + "RegistrationInfo")?.Element(Ns + "Description");
        return description?.StartsWith(Mark, StringComparison.Ordinal) == true && ScheduleEntry.Parse(description[Mark.Length..]) is { } entry
            ? (entry, (bool?)task!.Element(Ns + "Settings")?.Element(Ns + "Enabled") ?? true)
            : null;
    }

    /// <summary>An argument as CommandLineToArgvW takes it apart again.</summary>
    internal static string Quoted(string argument)
    {
        if (argument.Length > 0 && argument.IndexOfAny([' ', '\t', '"']) < 0)
        {
            return argument;
        }

        var text = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in argument)
        {
            if (c == '\\')
            {
                backslashes++;
                continue;
            }

            // Backslashes are doubled only before a quotation mark.
            text.Append('\\', c == '"' ? (backslashes * 2) + 1 : backslashes).Append(c);
            backslashes = 0;
        }

        return text.Append('\\', backslashes * 2).Append('"').ToString();
    }
}
