using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

using SafeDb.Addresses;
using SafeDb.Configuration;

namespace SafeDb.Schedules;

/// <summary>Definitions for platforms that SafeDb does not change by itself: they are given to be reviewed and checked in.</summary>
public static class PrintedDefinitions
{
    /// <summary>The definition for a platform.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="spec">The schedule.</param>
    /// <param name="entry">What it says of itself.</param>
    /// <param name="configuration">The configuration that names the database.</param>
    /// <param name="engine">The database's engine.</param>
    /// <param name="now">The time.</param>
    public static string Of(SchedulePlatform platform, ScheduleSpec spec, ScheduleEntry entry, SafeDbConfiguration configuration, DatabaseEngine engine, DateTimeOffset now) =>
        spec.Task == ScheduledTask.ReadinessCheck ? throw ScheduleErrors.NotOffered.Exception(spec.Task, platform)
        : engine == DatabaseEngine.SqlServer ? throw ScheduleErrors.EngineNotOffered.Exception(engine)
        : platform == SchedulePlatform.GitHub ? GitHubWorkflow.Of(spec, configuration, engine) : Azure(spec, entry, engine, now);

    // Microsoft.Automation/automationAccounts/schedules and jobSchedules, 2023-11-01. The first run must lie in the future.
    private static string Azure(ScheduleSpec spec, ScheduleEntry entry, DatabaseEngine engine, DateTimeOffset now)
    {
        string runbook = spec.Task == ScheduledTask.NightlyBackup ? "NightlyBackup" : "RestoreDrill";
        DateTimeOffset start = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero).Add(spec.At.ToTimeSpan());
        var rhythm = new JsonObject
        {
            ["description"] = $"SafeDb {entry.Heartbeat}", ["startTime"] = start.ToString("yyyy-MM-ddTHH:mm:ss+00:00", CultureInfo.InvariantCulture), ["timeZone"] = "Etc/UTC",
            ["frequency"] = spec.Day is null ? "Day" : "Week", ["interval"] = 1,
        };
        if (spec.Day is { } day)
        {
            rhythm["advancedSchedule"] = new JsonObject { ["weekDays"] = new JsonArray(day.ToString()) };
        }

        var given = new JsonObject { ["VaultName"] = "[parameters('vaultName')]", ["DatabaseSecret"] = "[parameters('databaseSecret')]", ["ArchiveSecret"] = "[parameters('archiveSecret')]", ["Destination"] = "[parameters('destination')]" };
        var parameters = new JsonObject
        {
            ["automationAccount"] = Text("The automation account that has the runbook."), ["vaultName"] = Text("The key vault."),
            ["databaseSecret"] = Text($"Name of the secret that holds the address of {spec.Database} ({engine})."),
            ["archiveSecret"] = Text("Name of the secret that holds the archives' passphrase."),
            ["destination"] = Text($"The container of the archives of {spec.Database}."),
        };
        if (spec.Task == ScheduledTask.RestoreDrill)
        {
            given["ScratchSecret"] = "[parameters('scratchSecret')]";
            parameters["scratchSecret"] = Text(engine == DatabaseEngine.Sqlite ? "Name of the secret that holds the folder of the copy, as sqlite:/folder/copy.db." : "Name of the secret that holds the address of the server where the copy is made.");
        }

        var job = new JsonObject { ["runbook"] = new JsonObject { ["name"] = runbook }, ["schedule"] = new JsonObject { ["name"] = entry.Name }, ["parameters"] = given };
        if (engine == DatabaseEngine.Sqlite)
        {
            // The service's own sandbox reaches no file of the user's.
            job["runOn"] = "[parameters('hybridWorkerGroup')]";
            parameters["hybridWorkerGroup"] = Text($"The group of hybrid workers on the machine that has the file of {spec.Database}.");
        }

        var template = new JsonObject
        {
            ["$schema"] = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
            ["contentVersion"] = "1.0.0.0",
            ["parameters"] = parameters,
            ["resources"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = "Microsoft.Automation/automationAccounts/schedules", ["apiVersion"] = "2023-11-01",
                    ["name"] = $"[concat(parameters('automationAccount'), '/{entry.Name}')]", ["properties"] = rhythm,
                },
                new JsonObject
                {
                    ["type"] = "Microsoft.Automation/automationAccounts/jobSchedules", ["apiVersion"] = "2023-11-01",
                    ["name"] = $"[concat(parameters('automationAccount'), '/', guid(resourceGroup().id, '{entry.Name}'))]",
                    ["dependsOn"] = new JsonArray($"[resourceId('Microsoft.Automation/automationAccounts/schedules', parameters('automationAccount'), '{entry.Name}')]"),
                    ["properties"] = job,
                }),
        };
        return template.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["metadata"] = new JsonObject { ["description"] = description } };
}
