using SafeDb.Configuration;
using SafeDb.Risk;

namespace SafeDb.Migration.Plan;

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

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Name}: {Level}, {Counted.Of(Statements.Count, "statement")}, way back: {(WayBack is { } way ? way.ToString() : ManualRollback is null ? "none" : "by hand")}";
}

/// <summary>A hazard in a plan.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Level">Its level.</param>
/// <param name="Message">What would happen.</param>
/// <param name="Advice">What to do instead.</param>
/// <param name="AllowedBy">What allows it, or null.</param>
public sealed record PlannedHazard(string Rule, RiskLevel Level, string Message, string Advice, string? AllowedBy)
{
    /// <summary>Whether its statement may take rows or values away.</summary>
    public bool MayLoseData { get; init; }

    /// <summary>Line of its statement in the file; null when it is about the whole file.</summary>
    public int? Line { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{(Line is { } line ? $"line {line}: " : "")}{Rule} ({Level}): {Message}";
}

/// <summary>A statement in a plan.</summary>
/// <param name="Index">Number in the script, from 1.</param>
/// <param name="Line">Line in the file.</param>
/// <param name="Preview">Its text, literals taken out.</param>
/// <param name="Runs">How it runs.</param>
public sealed record PlannedStatement(int Index, int Line, string Preview, Script.SegmentKind Runs);
