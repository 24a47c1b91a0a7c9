using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SafeDb.Schedules;

/// <summary>A schedule to be made. Holds no secret: everything stands in safedb.json, whose secrets are names of variables.</summary>
/// <param name="Task">What it does.</param>
/// <param name="Database">The database, by its name in safedb.json.</param>
/// <param name="At">Time of day: of the machine, or UTC in Azure and GitHub.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="ConfigPath">The configuration.</param>
/// <param name="EvidencePath">Where its runs leave their evidence.</param>
public sealed record ScheduleSpec(ScheduledTask Task, string Database, TimeOnly At, IReadOnlyList<string> Command, string ConfigPath, string EvidencePath)
{
    /// <summary>Day of a weekly schedule; null for every day.</summary>
    public DayOfWeek? Day { get; init; }

    /// <summary>File of variables that is read before the command; null for none.</summary>
    public string? EnvironmentFile { get; init; }

    /// <summary>Variables without secrets that the program itself needs (where .NET is).</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Folder that the command runs in: that of the configuration.</summary>
    public string Folder => Path.GetDirectoryName(ConfigPath)!;

    /// <summary>Its entry.</summary>
    public ScheduleEntry Entry(DateTimeOffset now) => new(Task, Database, At, Day, ConfigPath, EvidencePath, now);
}

/// <summary>What a schedule says of itself in the table of its platform, so that it can be listed without any file of SafeDb's own.</summary>
/// <param name="Task">What it does.</param>
/// <param name="Database">The database, by its name in safedb.json.</param>
/// <param name="At">Time of day.</param>
/// <param name="Day">Day of a weekly schedule.</param>
/// <param name="ConfigPath">The configuration.</param>
/// <param name="EvidencePath">Where its runs leave their evidence.</param>
/// <param name="RegisteredAt">When it was made, in UTC.</param>
public sealed record ScheduleEntry(ScheduledTask Task, string Database, TimeOnly At, DayOfWeek? Day, string ConfigPath, string EvidencePath, DateTimeOffset RegisteredAt)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>Its name: of task and database, so that the same schedule made twice is one.</summary>
    [JsonIgnore]
    public string Name => $"{ScheduleNames.IdOf(Task)}-{ScheduleNames.Safe(Database)}";

    /// <summary>Name of its heartbeats in the evidence folder.</summary>
    [JsonIgnore]
    public string Heartbeat => $"{ScheduleNames.IdOf(Task)} {Database}";

    /// <summary>When it runs, for people.</summary>
    [JsonIgnore]
    public string When => (Day is { } day ? $"{day}s " : "daily ") + At.ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>How long it may be silent: its period and a grace for the run itself.</summary>
    [JsonIgnore]
    public TimeSpan Limit => Day is null ? TimeSpan.FromHours(26) : TimeSpan.FromDays(8);

    /// <summary>One line of text without line breaks.</summary>
    public string Serialise() => JsonSerializer.Serialize(this, Json);

    /// <summary>Reads what <see cref="Serialise"/> wrote; null when it is something else.</summary>
    public static ScheduleEntry? Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ScheduleEntry>(text, Json) is { Database: not null, EvidencePath: not null, ConfigPath: not null } entry ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Names of schedules.</summary>
public static class ScheduleNames
{
    /// <summary>Id of a task in names, heartbeats and on the command line.</summary>
    public static string IdOf(ScheduledTask task) => task switch
    {
        ScheduledTask.NightlyBackup => "nightly-backup",
        ScheduledTask.RestoreDrill => "restore-drill",
        _ => "readiness-check",
    };

    /// <summary>A name as unit files, tasks and comments can hold it; two different names stay different.</summary>
    public static string Safe(string name)
    {
        var safe = new StringBuilder(name.Length);
        foreach (Rune rune in name.EnumerateRunes())
        {
            _ = rune.IsAscii && (Rune.IsLetterOrDigit(rune) || rune.Value is '-' or '.') ? safe.Append(rune) : safe.Append(CultureInfo.InvariantCulture, $"_{rune.Value:x}_");
        }

        return safe.ToString();
    }
}
