using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Measures locks, rewrites and log bytes around each statement of a rehearsal.</summary>
internal sealed class RehearsalWatch(MigrationContext context, LockSampler sampler, TouchedTables touched) : IStatementWatch
{
    private readonly IMigrationMeasurement _measurement = context.Engine.Measurement;
    private IReadOnlyDictionary<string, string> _storage = new Dictionary<string, string>(StringComparer.Ordinal);
    private long? _log;

    public async Task BeforeAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        _storage = await _measurement.StorageAsync(session, cancellationToken).ConfigureAwait(false);
        _log = await _measurement.LogPositionAsync(session, cancellationToken).ConfigureAwait(false);
        sampler.StatementBegins();
    }

    public async Task<StatementResult> AfterAsync(IDatabaseSession session, StatementResult result, CancellationToken cancellationToken)
    {
        long? log = await _measurement.LogPositionAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> storage = await _measurement.StorageAsync(session, cancellationToken).ConfigureAwait(false);
        string id = await _measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<HeldLock> locks = await _measurement.LocksAsync(session, id, cancellationToken).ConfigureAwait(false);
        sampler.Holds(locks);
        await touched.AddAsync(session, locks, cancellationToken).ConfigureAwait(false);
        return result with
        {
            Locks = locks,
            Rewrites = [.. _storage.Where(item => storage.TryGetValue(item.Key, out string? now) && now != item.Value).Select(item => item.Key).Order(StringComparer.Ordinal)],
            LogBytes = log - _log,
        };
    }

    public async Task<RunAgain?> BeforeCommitAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        RunAgain? again = await touched.BeforeCommitAsync(session, cancellationToken).ConfigureAwait(false);
        if (again is not null)
        {
            sampler.Released();
        }

        return again;
    }
}

/// <summary>What became of rows, in words with numbers.</summary>
internal static class DataLossText
{
    public static string Of(TableDataChange change) => $"{change.Table}: {Parts(change)}";

    /// <summary>The same without the table's name.</summary>
    public static string Parts(TableDataChange change)
    {
        var parts = new List<string>();
        if (change.TableGone)
        {
            parts.Add($"the table is gone with {Counted.Of(change.RowsBefore, "row")}");
        }
        else if (change.RowsGone > 0)
        {
            parts.Add($"{change.RowsGone} of {Counted.Of(change.RowsBefore, "row")} {Counted.Noun(change.RowsGone, "is", "are")} gone");
        }

        parts.AddRange(change.Columns.Where(column => column.ValuesLost > 0).Select(column => column.Gone
            ? $"{Counted.Of(column.ValuesLost, "value")} went with column {column.Column}"
            : $"{Counted.Of(column.ValuesLost, "value")} of {column.Column} {Counted.Noun(column.ValuesLost, "was", "were")} lost{(column.TypeChange is null ? "" : $" ({column.TypeChange})")}"));
        if (parts.Count == 0)
        {
            parts.Add($"{Counted.Of(change.RowsBefore, "row")} became {change.RowsAfter}" + string.Concat(change.Columns.Select(column => $", {Counted.Of(column.ValuesChanged, "value")} of {column.Column} changed")));
        }

        return string.Join(", ", parts);
    }
}
