using System.Text.Json;
using System.Text.Json.Serialization;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Risk;

namespace SafeDb.Migration.Plan;

/// <summary>Exactly what a run would do, on exactly which state. Read-only to make; serialisable; a run from it refuses when the state is another.</summary>
public sealed record MigrationPlan
{
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

    /// <summary>What is to be applied, in order.</summary>
    public required IReadOnlyList<PlannedMigration> Migrations { get; init; }

    /// <summary>Every migration with where it stands.</summary>
    public required IReadOnlyList<MigrationStatus> Status { get; init; }

    /// <summary>The gates that could be judged without changing anything.</summary>
    public required IReadOnlyList<GateResult> Gates { get; init; }

    /// <summary>Whether nothing is to be done.</summary>
    [JsonIgnore]
    public bool IsEmpty => Migrations.Count == 0;

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

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

/// <summary>A migration in a plan.</summary>
public sealed record PlannedMigration
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its file.</summary>
    public required string Path { get; init; }

    /// <summary>See <see cref="MigrationScript.ContentHash"/>.</summary>
    public required string ContentHash { get; init; }

    /// <summary>The same of its down script, or null.</summary>
    public string? DownHash { get; init; }

    /// <summary>How it can be taken back, or null.</summary>
    public WayBack? WayBack { get; init; }

    /// <summary>The documented manual way back, or null.</summary>
    public string? ManualRollback { get; init; }

    /// <summary>Whether it takes effect at once or not at all.</summary>
    public required bool Atomic { get; init; }

    /// <summary>Its risk.</summary>
    public RiskLevel Level { get; init; }

    /// <summary>Its hazards.</summary>
    public IReadOnlyList<PlannedHazard> Hazards { get; init; } = [];

    /// <summary>Its statements.</summary>
    public required IReadOnlyList<PlannedStatement> Statements { get; init; }
}

/// <summary>A hazard in a plan.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Level">Its level.</param>
/// <param name="Message">What would happen.</param>
/// <param name="Advice">What to do instead.</param>
/// <param name="AllowedBy">What allows it, or null.</param>
public sealed record PlannedHazard(string Rule, RiskLevel Level, string Message, string Advice, string? AllowedBy);

/// <summary>A statement in a plan.</summary>
/// <param name="Index">Number in the script, from 1.</param>
/// <param name="Line">Line in the file.</param>
/// <param name="Preview">Its text, literals taken out.</param>
/// <param name="Runs">How it runs.</param>
public sealed record PlannedStatement(int Index, int Line, string Preview, Script.SegmentKind Runs);

/// <summary>What a gate said.</summary>
/// <param name="Id">The gate, which is also the hazard's name that allows it.</param>
/// <param name="Passed">Whether the run may go on.</param>
/// <param name="Message">Why, for a person.</param>
public sealed record GateResult(string Id, bool Passed, string Message)
{
    /// <summary>Whether it was closed and an allowance opened it.</summary>
    public bool Allowed { get; init; }

    /// <summary>The error that a closed gate gives.</summary>
    public SafeDbError? Error { get; init; }

    /// <summary>A gate that is open.</summary>
    public static GateResult Open(string id, string message) => new(id, true, message);

    /// <summary>A gate that is closed unless the hazard of its name is allowed.</summary>
    public static GateResult Closed(string id, SafeDbError error, IEnumerable<string> allowed) =>
        allowed.Contains(id, StringComparer.OrdinalIgnoreCase)
            ? new GateResult(id, true, error.Message) { Allowed = true }
            : new GateResult(id, false, error.Message) { Error = error };
}
