using SafeDb.Migration.History;

namespace SafeDb.Migration.Status;

/// <summary>What the journal tells of a run that did not come to its end.</summary>
/// <param name="RunId">The run.</param>
/// <param name="StartedAt">When it began, in UTC.</param>
/// <param name="Run">What it was to do.</param>
/// <param name="Partial">The migration that is half done, or null when all are whole.</param>
public sealed record InterruptedRun(string RunId, DateTimeOffset StartedAt, JournalRun Run, PartialMigration? Partial)
{
    /// <summary>Why a person was called, or null.</summary>
    public string? NeedsPerson { get; init; }

    /// <summary>Whether it can be finished; else only Undo-SafeMigration can end it, because a down script has taken effect in part.</summary>
    public bool CanResume => !Run.Undo && Partial is not ({ Reverting: true, SegmentsDone: > 0 } or { Reverting: true, Uncertain: not null });

    /// <summary>Reads it from the journal's entries; null when there are none.</summary>
    public static InterruptedRun? From(IReadOnlyList<JournalEntry> entries)
    {
        JournalEntry? start = entries.LastOrDefault(entry => entry.Event == JournalEvent.RunStarted);
        if (start is null)
        {
            return null;
        }

        PartialMigration? partial = null;
        foreach (JournalEntry entry in entries)
        {
            partial = entry.Event switch
            {
                JournalEvent.MigrationStarted => new PartialMigration(entry.Migration!, 0, null) { Reverting = false },
                JournalEvent.RevertStarted => new PartialMigration(entry.Migration!, 0, null) { Reverting = true, Applied = partial?.Migration == entry.Migration ? partial : null },
                JournalEvent.RevertGivenUp => partial?.Applied,
                JournalEvent.SegmentStarted => partial is null ? null : partial with { Uncertain = entry.Position },
                JournalEvent.SegmentDone or JournalEvent.RevertSegmentDone => partial is null ? null : partial with { SegmentsDone = entry.Position, Uncertain = null, LastBatchKey = null },
                JournalEvent.SegmentFailed => partial is null ? null : partial with { Uncertain = null },
                JournalEvent.BatchDone => partial is null ? null : partial with { LastBatchKey = entry.Detail },
                JournalEvent.MigrationApplied or JournalEvent.Reverted => null,
                _ => partial,
            };
        }

        return new InterruptedRun(start.RunId, start.At, JournalRun.FromJson(start.Detail), partial)
        {
            NeedsPerson = entries.LastOrDefault(entry => entry.Event == JournalEvent.NeedsPerson)?.Detail,
        };
    }
}

/// <summary>A migration that is half done.</summary>
/// <param name="Migration">Its id.</param>
/// <param name="SegmentsDone">Segments that took effect, from the first.</param>
/// <param name="Uncertain">A segment that was begun outside a transaction and of which nothing more is known, or null.</param>
public sealed record PartialMigration(string Migration, int SegmentsDone, int? Uncertain)
{
    /// <summary>Last key of the batch that took effect, as a literal, or null.</summary>
    public string? LastBatchKey { get; init; }

    /// <summary>Whether it is its down script that is half done.</summary>
    public bool Reverting { get; init; }

    /// <summary>While reverting: how far the up script had come, or null when it was whole.</summary>
    public PartialMigration? Applied { get; init; }

    /// <summary>Whether the up script was never whole: then part of what the down script takes back is not there.</summary>
    public bool HalfApplied => !Reverting || Applied is not null;
}
