using System.Text.Json;
using System.Text.Json.Serialization;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;

namespace SafeDb;

/// <summary>Exactly what a run would do, on exactly which state. Read-only to make; serialisable; a run from it refuses when the state is another.</summary>
public sealed record MigrationPlan
{
    /// <summary>Direction of a plan that applies.</summary>
    public const string Up = "up";

    /// <summary>Direction of a plan that takes back.</summary>
    public const string Down = "down";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter() }, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Version of the plan's own form.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The database, without secrets.</summary>
    public required string Database { get; init; }

    /// <summary>Its engine.</summary>
    public required DatabaseEngine Engine { get; init; }

    /// <summary>The folder of the migrations.</summary>
    public required string Folder { get; init; }

    /// <summary>Their format.</summary>
    public required string Format { get; init; }

    /// <summary>When the plan was made, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Fingerprint of the schema, bookkeeping left out.</summary>
    public required string SchemaFingerprint { get; init; }

    /// <summary><c>up</c> to apply migrations, <c>down</c> to take them back.</summary>
    public string Direction { get; init; } = Up;

    /// <summary>What is to run, in order.</summary>
    public required IReadOnlyList<PlannedMigration> Migrations { get; init; }

    /// <summary>Whether a runner makes the change: what it does is not in the plan.</summary>
    [JsonIgnore]
    public bool Runner => Format == RunnerStep.Format;

    /// <summary>The interrupted run that stands in the way, for a person; null when there is none.</summary>
    public string? Interrupted { get; init; }

    /// <summary>Hazards and gates that the caller allowed when the plan was made; they hold for the run of the plan too.</summary>
    public IReadOnlyList<string> AllowHazards { get; init; } = [];

    /// <summary>Every migration with where it stands.</summary>
    public required IReadOnlyList<MigrationStatus> Status { get; init; }

    /// <summary>The gates that could be judged without changing anything.</summary>
    public required IReadOnlyList<GateResult> Gates { get; init; }

    /// <summary>The gates that would stop the run.</summary>
    public IEnumerable<GateResult> ClosedGates() => Gates.Where(gate => gate.Answer == GateAnswer.Closed);

    /// <summary>Whether nothing is to be done.</summary>
    [JsonIgnore]
    public bool IsEmpty => Migrations.Count == 0 && !Runner;

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Writes it to a file, to be looked at and run later.</summary>
    public void Save(string path)
    {
        try
        {
            File.WriteAllText(path, ToJson() + "\n");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw MigrationErrors.PlanNotWritten.Caused(failure, path, failure.Message);
        }
    }

    /// <summary>What stops a run of the plan, as one error; null when no gate is closed.</summary>
    public SafeDbError? Refusal() => ClosedGates().Select(gate => gate.Error).FirstOrDefault(error => error is not null);

    /// <summary>From a file.</summary>
    public static MigrationPlan Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<MigrationPlan>(File.ReadAllText(path), Json) ?? throw MigrationErrors.PlanUnreadable.Exception(path, "it is empty");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw MigrationErrors.PlanUnreadable.Caused(failure, path, failure.Message);
        }
    }

    /// <summary>Why this plan cannot stand for <paramref name="now"/>; empty when it can.</summary>
    public IReadOnlyList<string> DifferencesFrom(MigrationPlan now)
    {
        var differences = new List<string>();
        void Compare(string what, string then, string today)
        {
            if (then != today)
            {
                differences.Add($"{what} was {then} and is {today}");
            }
        }

        Compare("the direction", Direction, now.Direction);
        Compare("the database", Database, now.Database);
        Compare("the format", Format, now.Format);
        if (SchemaFingerprint != now.SchemaFingerprint)
        {
            differences.Add("the schema was changed");
        }

        Compare("the list of migrations", List(this), List(now));
        differences.AddRange(Migrations.Join(now.Migrations, old => old.Id, current => current.Id, (old, current) => (old, current), StringComparer.Ordinal)
            .Where(pair => pair.old.ContentHash != pair.current.ContentHash || pair.old.DownHash != pair.current.DownHash).Select(pair => $"{pair.old.Id} was edited"));
        return differences;
        static string List(MigrationPlan plan) => plan.Migrations.Count == 0 ? "empty" : string.Join(", ", plan.Migrations.Select(migration => migration.Id));
    }
}
