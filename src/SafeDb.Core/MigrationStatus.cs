using SafeDb.Risk;

namespace SafeDb;

/// <summary>Where one migration stands: what <c>Get-SafeMigration</c> returns.</summary>
/// <param name="Id">What orders and names it in the history.</param>
/// <param name="Name">Name for people.</param>
/// <param name="State">Where it stands.</param>
public sealed record MigrationStatus(string Id, string Name, MigrationState State)
{
    /// <summary>The file of its up script, or null when it is gone.</summary>
    public string? Path { get; init; }

    /// <summary>When it was applied, or null.</summary>
    public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>Its risk, for migrations that are to run; null otherwise.</summary>
    public RiskLevel? Level { get; init; }

    /// <summary>How it can be taken back: <c>down script</c>, <c>manual</c> or <c>none</c>.</summary>
    public string WayBack { get; init; } = "none";

    /// <summary>What is wrong with it, for a person, or null.</summary>
    public string? Problem { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Id} {Name}: {State}{(Problem is null ? string.Empty : $", {Problem}")}";
}

/// <summary>Where a migration stands.</summary>
public enum MigrationState
{
    /// <summary>Applied, and its file is as it was.</summary>
    Applied,

    /// <summary>To be applied.</summary>
    Pending,

    /// <summary>Its tool says that it began and did not end.</summary>
    Failed,

    /// <summary>Applied, and its file was changed afterwards.</summary>
    Edited,

    /// <summary>Applied, and its file is gone.</summary>
    Missing,

    /// <summary>To be applied, though a later one is applied already.</summary>
    OutOfOrder,

    /// <summary>Half applied by a run that was interrupted.</summary>
    Interrupted,

    /// <summary>Not needed: a baseline or a newer version stands for it.</summary>
    Superseded,
}
