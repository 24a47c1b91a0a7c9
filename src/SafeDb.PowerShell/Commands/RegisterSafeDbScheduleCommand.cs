using System.Management.Automation;

using SafeDb.Schedules;

namespace SafeDb.PowerShell.Commands;

/// <summary>Makes a schedule with what this machine has, or prints its definition for Azure Automation or GitHub Actions.</summary>
[Cmdlet(VerbsLifecycle.Register, "SafeDbSchedule", SupportsShouldProcess = true, HelpUri = HelpLinks.Root + "Register-SafeDbSchedule.md")]
[OutputType(typeof(ScheduleInfo))]
public sealed class RegisterSafeDbScheduleCommand : ScheduleCmdlet
{
    /// <summary>The database, by its name in safedb.json. Its destination and recipients stand there too, so that the schedule's command line holds no secret.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string Database { get; set; } = string.Empty;

    /// <summary>What runs: NightlyBackup (back up, prove, prune), RestoreDrill or ReadinessCheck.</summary>
    [Parameter(Position = 1)]
    public ScheduledTask Task { get; set; }

    /// <summary>Time of day as hours and minutes: of this machine, or UTC in Azure and GitHub. By default 02:17 for backups, 04:17 for drills, 06:17 for checks.</summary>
    [Parameter]
    public string? At { get; set; }

    /// <summary>Run once a week on this day. By default backups and checks run daily, drills on Sundays.</summary>
    [Parameter]
    public DayOfWeek DayOfWeek { get; set; }

    /// <summary>What keeps it. Auto takes a systemd timer, else cron, else the Windows task scheduler. For AzureAutomation and GitHub the definition is returned and nothing is changed.</summary>
    [Parameter]
    public SchedulePlatform Platform { get; set; }

    /// <summary>File of variables for ${NAME} in safedb.json, one NAME=value a line, readable only by its owner. For cron and systemd.</summary>
    [Parameter]
    public string? EnvironmentFile { get; set; }

    /// <summary>Folder where the runs leave their evidence. By default safedb-evidence in the current location.</summary>
    [Parameter]
    public string EvidencePath { get; set; } = "safedb-evidence";

    private protected override void ProcessItem()
    {
        ErrorTarget = Database;
        string config = System.IO.Path.Combine(Configuration.Folder ?? throw ScheduleErrors.NotConfigured.Exception(), ConfigPath is null ? SafeDb.Configuration.ConfigurationLoader.FileName : System.IO.Path.GetFileName(ConfigPath));
        string evidence = Paths.Literal(EvidencePath);
        string run = $"Import-Module {Quoted(ModuleRoot("SafeDb.psd1"))}; & {Quoted(ModuleRoot($"scripts/runbooks/{Runbook}.ps1"))} -Database {Quoted(Database)} -ConfigPath {Quoted(config)} -EvidencePath {Quoted(evidence)}";
        var spec = new ScheduleSpec(Task, Database, ScheduleDefaults.At(Task, At), [.. ScheduleDefaults.ThisProgram(), "-NoProfile", "-NonInteractive", "-Command", run], config, evidence)
        {
            Day = MyInvocation.BoundParameters.ContainsKey(nameof(DayOfWeek)) ? DayOfWeek : ScheduleDefaults.Day(Task),
            EnvironmentFile = EnvironmentFile is null ? null : Paths.Literal(EnvironmentFile),
            Variables = ScheduleDefaults.Variables(System.Environment.GetEnvironmentVariable),
        };
        SchedulePlan plan = Schedules.Plan(spec, Platform, Configuration);
        if (plan.PrintsOnly || ShouldProcess($"{plan.Platform}\n{plan.Definition}", $"Register {plan.Entry.Name} ({plan.Entry.When})"))
        {
            Give(Run((_, stop) => Schedules.RegisterAsync(plan, stop)));
        }
    }

    private string Runbook => Task switch { ScheduledTask.NightlyBackup => "Invoke-NightlyBackup", ScheduledTask.RestoreDrill => "Invoke-RestoreDrill", _ => "Invoke-ReadinessCheck" };

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    // The assembly lies in module/bin/net8.0 below the manifest, in the repository as in the package.
    private static string ModuleRoot(string file) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(typeof(RegisterSafeDbScheduleCommand).Assembly.Location)!, "../../..", file));
}
