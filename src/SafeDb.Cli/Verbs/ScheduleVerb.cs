using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Schedules;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb schedule</c>: Register-SafeDbSchedule.</summary>
internal sealed class ScheduleVerb
{
    private readonly Argument<string> _database = new("database") { Description = "The database, by its name in safedb.json." };
    private readonly Option<ScheduledTask> _task = new("--task") { Description = "What it runs at its time.", DefaultValueFactory = _ => ScheduledTask.NightlyBackup };
    private readonly Option<string?> _at = VerbArguments.Text("--at", "Time of day of this machine, or UTC in Azure and GitHub; by default a quiet one of the task.", "HH:MM");
    private readonly Option<DayOfWeek?> _day = new("--day-of-week") { Description = "Once a week on this day; by default daily, a drill on Sundays." };
    private readonly Option<SchedulePlatform> _platform = new("--platform") { Description = "What keeps it. AzureAutomation and GitHub: the definition is printed, nothing is changed.", DefaultValueFactory = _ => SchedulePlatform.Auto };
    private readonly Option<string?> _environmentFile = VerbArguments.Text("--environment-file", "File of variables for ${NAME} in safedb.json, readable only by its owner.", "FILE");
    private readonly Option<string> _evidence = new("--evidence") { Description = "Folder where runs leave their evidence.", HelpName = "FOLDER", DefaultValueFactory = _ => "safedb-evidence" };

    public static Command Create(VerbRunner runner)
    {
        var verb = new ScheduleVerb();
        var command = new Command("schedule", "Make a schedule with what this machine has: a systemd timer, cron, or the Windows task scheduler.")
        {
            verb._database, verb._task, verb._at, verb._day, verb._platform, verb._environmentFile, verb._evidence,
        };
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ScheduledTask task = parsed.GetValue(_task);
        string database = parsed.GetRequiredValue(_database);
        string config = Path.Combine(session.Configuration.Folder ?? throw ScheduleErrors.NotConfigured.Exception(), session.ConfigFile);
        string evidence = session.FullPath(parsed.GetValue(_evidence)!);
        var spec = new ScheduleSpec(
            task, database, ScheduleDefaults.At(task, parsed.GetValue(_at)),
            [.. ScheduleDefaults.ThisProgram(), "run", ScheduleNames.IdOf(task), database, "--config-path", config, "--evidence", evidence], config, evidence)
        {
            Day = parsed.GetValue(_day) ?? ScheduleDefaults.Day(task), Variables = ScheduleDefaults.Variables(session.Host.Variable),
            EnvironmentFile = parsed.GetValue(_environmentFile) is { } file ? session.FullPath(file) : null,
        };
        ScheduleService service = session.Schedules;
        SchedulePlan plan = service.Plan(spec, parsed.GetValue(_platform), session.Configuration);
        if (plan.PrintsOnly)
        {
            return new VerbResult(await service.RegisterAsync(plan, stop).ConfigureAwait(false)) { Text = _ => plan.Definition };
        }

        return session.Confirmed($"{plan}\n{plan.Definition}", ask: false) ? new VerbResult(await service.RegisterAsync(plan, stop).ConfigureAwait(false)) : VerbResult.Nothing;
    }
}
