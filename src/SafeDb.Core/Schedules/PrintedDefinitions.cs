using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SafeDb.Schedules;

/// <summary>Definitions for platforms that SafeDb does not change by itself: they are given to be reviewed and checked in.</summary>
public static partial class PrintedDefinitions
{
    /// <summary>The definition for a platform.</summary>
    public static string Of(SchedulePlatform platform, ScheduleSpec spec, ScheduleEntry entry, DateTimeOffset now) =>
        spec.Task == ScheduledTask.ReadinessCheck ? throw ScheduleErrors.NotOffered.Exception(spec.Task, platform)
        : platform == SchedulePlatform.GitHub ? GitHub(spec) : Azure(spec, entry, now);

    private static string GitHub(ScheduleSpec spec)
    {
        using Stream stream = typeof(PrintedDefinitions).Assembly.GetManifestResourceStream($"pipelines/github/{ScheduleNames.IdOf(spec.Task)}.yml")!;
        using var reader = new StreamReader(stream);
        string day = spec.Day is { } weekly ? ((int)weekly).ToString(CultureInfo.InvariantCulture) : "*";
        return Cron().Replace(reader.ReadToEnd(), $"cron: '{spec.At.Minute.ToString(CultureInfo.InvariantCulture)} {spec.At.Hour.ToString(CultureInfo.InvariantCulture)} * * {day}'");
    }

    // Microsoft.Automation/automationAccounts/schedules and jobSchedules, 2023-11-01. The first run must lie in the future.
    private static string Azure(ScheduleSpec spec, ScheduleEntry entry, DateTimeOffset now)
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
        var parameters = new JsonObject { ["automationAccount"] = Text(), ["vaultName"] = Text(), ["databaseSecret"] = Text(), ["archiveSecret"] = Text(), ["destination"] = Text() };
        if (spec.Task == ScheduledTask.RestoreDrill)
        {
            given["ScratchSecret"] = "[parameters('scratchSecret')]";
            parameters["scratchSecret"] = Text();
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
                    ["properties"] = new JsonObject { ["runbook"] = new JsonObject { ["name"] = runbook }, ["schedule"] = new JsonObject { ["name"] = entry.Name }, ["parameters"] = given },
                }),
        };
        return template.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
    }

    private static JsonObject Text() => new() { ["type"] = "string" };

    [GeneratedRegex("cron: '[^']*'", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Cron();
}
