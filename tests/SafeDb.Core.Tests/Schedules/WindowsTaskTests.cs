using System.Globalization;
using System.Xml.Linq;

using SafeDb.Schedules;

using Xunit;

namespace SafeDb.Core.Tests.Schedules;

/// <summary>Windows tasks, as far as text can prove them: the definition, the quoting of arguments, and what schtasks answers.</summary>
public sealed class WindowsTaskTests
{
    private static readonly XNamespace Ns = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    [Fact]
    public void The_definition_holds_what_runs_when_and_reads_back()
    {
        ScheduleSpec spec = Samples.Awkward("/srv") with { Day = DayOfWeek.Friday };
        ScheduleEntry entry = spec.Entry(Samples.Now);
        string xml = WindowsTaskXml.Of(spec, entry, Samples.Now);
        XElement task = XElement.Parse(xml[xml.IndexOf("<Task", StringComparison.Ordinal)..]);

        Assert.Equal((entry, true), WindowsTaskXml.Read(xml));
        Assert.Null(WindowsTaskXml.Read(xml.Replace("SafeDb schedule ", "Somebody's ", StringComparison.Ordinal)));
        Assert.Equal("2026-03-10T02:17:00", task.Descendants(Ns + "StartBoundary").Single().Value);
        Assert.Single(task.Descendants(Ns + "Friday"));
        Assert.Equal(spec.Command[0], task.Descendants(Ns + "Command").Single().Value);
        Assert.Equal(spec.Command.Skip(1), Split(task.Descendants(Ns + "Arguments").Single().Value));

        // The schema of tasks wants these in this order.
        Assert.Equal(["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"], task.Elements().Select(element => element.Name.LocalName));
    }

    [Fact]
    public async Task Schtasks_is_asked_and_understood()
    {
        ScheduleSpec spec = Samples.Awkward(Path.GetTempPath());
        ScheduleEntry entry = spec.Entry(Samples.Now);
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            string result = "0";
            string row(string name) => $"\"HOST\",\"\\SafeDb\\{name}\",\"11.03.2026 02:17:00\",\"Bereit\",\"Interaktiv\",\"10.03.2026 02:17:01\",\"{result}\",\"SafeDb\",\"x\"";
            var programs = new ScriptedPrograms((_, arguments) => new ProgramResult(
                0, arguments.Contains("/XML") ? WindowsTaskXml.Of(spec, entry, Samples.Now) : $"\"HOST\",\"\\Other\",\"N/A\",\"x\",\"x\",\"N/A\",\"0\"\n{row(entry.Name)}\n", ""));
            var scheduler = new WindowsTaskScheduler(programs, TimeProvider.System, available: true);
            await scheduler.RegisterAsync(spec, entry, TestContext.Current.CancellationToken);
            Assert.StartsWith($"schtasks /Create /TN \\SafeDb\\{entry.Name} /XML ", programs.Asked[0], StringComparison.Ordinal);

            KeptSchedule kept = Assert.Single(await scheduler.ListAsync(TestContext.Current.CancellationToken));
            Assert.Equal((true, entry), (kept.LastSucceeded, kept.Entry));
            Assert.Equal(new DateTime(2026, 3, 10, 2, 17, 1), kept.LastRunAt!.Value.LocalDateTime);
            result = "2147942402";
            Assert.Equal(false, Assert.Single(await scheduler.ListAsync(TestContext.Current.CancellationToken)).LastSucceeded);
            result = "267011";
            Assert.Null(Assert.Single(await scheduler.ListAsync(TestContext.Current.CancellationToken)).LastSucceeded);
            await scheduler.RemoveAsync(entry, TestContext.Current.CancellationToken);
            Assert.Equal($"schtasks /Delete /TN \\SafeDb\\{entry.Name} /F", programs.Asked[^1]);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // CommandLineToArgvW, by its documentation: backslashes count only before a quotation mark.
    private static IEnumerable<string> Split(string line)
    {
        var arguments = new List<string>();
        var current = new System.Text.StringBuilder();
        bool quoted = false;
        bool any = false;
        for (int i = 0; i < line.Length; i++)
        {
            int slashes = 0;
            while (i < line.Length && line[i] == '\\')
            {
                slashes++;
                i++;
            }

            char? c = i < line.Length ? line[i] : null;
            if (c == '"')
            {
                current.Append('\\', slashes / 2);
                any = true;
                if (slashes % 2 == 1)
                {
                    current.Append('"');
                }
                else
                {
                    quoted = !quoted;
                }
            }
            else
            {
                current.Append('\\', slashes);
                if (c == ' ' && !quoted)
                {
                    arguments.Add(current.ToString());
                    current.Clear();
                    any = false;
                }
                else if (c is { } plain)
                {
                    current.Append(plain);
                }
            }
        }

        return current.Length > 0 || any ? arguments.Append(current.ToString()) : arguments;
    }
}
