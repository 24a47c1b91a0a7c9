using SafeDb.Providers;

namespace SafeDb.Restore;

/// <summary>What a restore will do. Holds no secret.</summary>
/// <param name="Backup">Location of the archive.</param>
/// <param name="Source">What it is a backup of.</param>
/// <param name="SnapshotTime">Moment that its data shows.</param>
/// <param name="Target">The database that will hold the data.</param>
/// <param name="Mode">How existing data is treated.</param>
/// <param name="Tables">Tables whose rows are restored; null for all.</param>
/// <param name="SafetyBackup">Whether a safety backup of the old database is taken first.</param>
public sealed record RestorePlan(
    string Backup, string Source, DateTimeOffset SnapshotTime, string Target, RestoreMode Mode, IReadOnlyList<string>? Tables, bool SafetyBackup)
{
    // More names than these help nobody.
    private const int NamesShown = 20;

    /// <summary>Whether definitions alone are restored.</summary>
    public bool SchemaOnly { get; init; }

    /// <summary>Where the safety backup goes, without secrets; null when none is taken.</summary>
    public string? SafetyDestination { get; init; }

    /// <summary>What putting the copy in place does to others, as things are now, one sentence each; see <see cref="IRestoreTarget.Effects"/>.</summary>
    public IReadOnlyList<string> Effects { get; init; } = [];

    /// <summary>The whole plan for a person: what <see cref="ToString"/> says, then one line for each thing that is restored, taken or ended.</summary>
    public string Text => string.Join("\n  ", [ToString(), .. Details()]);

    /// <inheritdoc/>
    public override string ToString() => Mode == RestoreMode.Replace
        ? $"Replace {Target} by the backup of {Source} from {SnapshotTime:u}; the old database is kept under a dated name"
        : $"Restore the backup of {Source} from {SnapshotTime:u} into {Target}";

    private IEnumerable<string> Details()
    {
        if (SchemaOnly)
        {
            yield return "Definitions without rows";
        }
        else if (Tables is { } tables)
        {
            yield return $"The definitions of everything, and the rows of {Counted.First(tables, NamesShown, "table")}";
        }

        if (Mode == RestoreMode.Replace)
        {
            yield return SafetyBackup ? $"A safety backup of {Target} is taken first, to {SafetyDestination}" : $"No safety backup of {Target} is taken";
        }

        foreach (string effect in Effects)
        {
            yield return effect;
        }
    }
}
