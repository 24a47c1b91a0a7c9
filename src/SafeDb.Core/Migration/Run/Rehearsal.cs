using System.Diagnostics;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Verify;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Runs the migrations on the restored copy: up with everything measured, down with schema and rows compared, up again.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="log">The run's log.</param>
internal sealed class Rehearsal(MigrationContext context, RunLog log)
{
    public async Task<RehearsalReport> RunAsync(MigrationCommand command, string format, DatabaseAddress copy, IReadOnlyList<MigrationScript> migrations, IReadOnlyList<MigrationScript> all, CancellationToken cancellationToken)
    {
        var steps = new List<MigrationStep>();
        try
        {
            IDatabaseSession session = await context.OpenAsync(copy, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                return await RunAsync(session, command, format, copy, migrations, all, steps, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SafeDbException failure)
        {
            log.Say("rehearsal", failure.Message, failure.Id);
            return new RehearsalReport(false, "", steps, []) { Error = failure.Error };
        }
    }

    private async Task<RehearsalReport> RunAsync(
        IDatabaseSession session, MigrationCommand command, string format, DatabaseAddress copy, IReadOnlyList<MigrationScript> migrations, IReadOnlyList<MigrationScript> all, List<MigrationStep> steps,
        CancellationToken cancellationToken)
    {
        var scope = new RunScope(log.RunId, copy, new ExecutionLimits(command.Policy.LockTimeout, command.Policy.StatementTimeout), 0, log);
        var measuring = new MigrationApplier(context, context.History(format), scope with { Watch = new RehearsalWatch(context) });
        var plain = new MigrationApplier(context, context.History(format), scope);
        var checks = new MigrationChecks(context);
        string before = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
        IKeptRows kept = await context.Engine.Measurement.Rows.KeepAsync(session, cancellationToken).ConfigureAwait(false);
        long begin = Stopwatch.GetTimestamp();
        await measuring.ApplyAsync(session, migrations, null, steps.Add, cancellationToken).ConfigureAwait(false);
        TimeSpan duration = Stopwatch.GetElapsedTime(begin);
        string after = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<TableDataChange> changes = await kept.CompareAsync(session, cancellationToken).ConfigureAwait(false);
        List<CheckResult> results = [.. await checks.VerifyAsync(session, migrations, "rehearsal", cancellationToken).ConfigureAwait(false)];
        results.AddRange(await checks.InvariantsAsync(session, command.Settings, "rehearsal", cancellationToken).ConfigureAwait(false));
        IReadOnlyDictionary<string, long> rows = await context.Engine.Measurement.Rows.CountAsync(session, cancellationToken).ConfigureAwait(false);
        var report = new RehearsalReport(results.TrueForAll(check => check.Passed), after, steps, changes) { Duration = duration, Checks = results, Rows = rows };
        return migrations.Any(migration => migration.DownSql is null)
            ? report
            : await DownAndUpAsync(session, report, plain, kept, migrations, all, before, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RehearsalReport> DownAndUpAsync(
        IDatabaseSession session, RehearsalReport report, MigrationApplier applier, IKeptRows kept, IReadOnlyList<MigrationScript> migrations, IReadOnlyList<MigrationScript> all, string before,
        CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        try
        {
            await applier.RevertAsync(session, migrations, all, null, _ => { }, cancellationToken).ConfigureAwait(false);
            if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != before)
            {
                differences.Add("the schema is not the one of before");
            }

            differences.AddRange((await kept.CompareAsync(session, cancellationToken).ConfigureAwait(false)).Select(DataLossText.Of));
            await applier.ApplyAsync(session, migrations, null, _ => { }, cancellationToken).ConfigureAwait(false);
            if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != report.SchemaAfter)
            {
                differences.Add("up again leads to another schema than up did");
            }
        }
        catch (SafeDbException failure)
        {
            differences.Add(failure.Message);
        }

        return report with { DownRestores = differences.Count == 0, DownDifferences = differences };
    }
}

/// <summary>Measures locks, rewrites and log bytes around each statement of a rehearsal.</summary>
internal sealed class RehearsalWatch(MigrationContext context) : IStatementWatch
{
    private readonly IMigrationMeasurement _measurement = context.Engine.Measurement;
    private IReadOnlyDictionary<string, string> _storage = new Dictionary<string, string>(StringComparer.Ordinal);
    private long? _log;

    public async Task BeforeAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        _storage = await _measurement.StorageAsync(session, cancellationToken).ConfigureAwait(false);
        _log = await _measurement.LogPositionAsync(session, cancellationToken).ConfigureAwait(false);
    }

    public async Task<StatementResult> AfterAsync(IDatabaseSession session, StatementResult result, CancellationToken cancellationToken)
    {
        long? log = await _measurement.LogPositionAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> storage = await _measurement.StorageAsync(session, cancellationToken).ConfigureAwait(false);
        string id = await _measurement.SessionIdAsync(session, cancellationToken).ConfigureAwait(false);
        return result with
        {
            Locks = await _measurement.LocksAsync(session, id, cancellationToken).ConfigureAwait(false),
            Rewrites = [.. _storage.Where(item => storage.TryGetValue(item.Key, out string? now) && now != item.Value).Select(item => item.Key).Order(StringComparer.Ordinal)],
            LogBytes = log - _log,
        };
    }
}

/// <summary>What became of rows, in words with numbers.</summary>
internal static class DataLossText
{
    public static string Of(TableDataChange change)
    {
        var parts = new List<string>();
        if (change.TableGone)
        {
            parts.Add($"the table is gone with {change.RowsBefore} rows");
        }
        else if (change.RowsGone > 0)
        {
            parts.Add($"{change.RowsGone} of {change.RowsBefore} rows are gone");
        }

        parts.AddRange(change.Columns.Where(column => column.ValuesLost > 0).Select(column => column.Gone
            ? $"{column.ValuesLost} values went with column {column.Column}"
            : $"{column.ValuesLost} values of {column.Column} were lost{(column.TypeChange is null ? "" : $" ({column.TypeChange})")}"));
        if (parts.Count == 0)
        {
            parts.Add($"{change.RowsBefore} rows became {change.RowsAfter}" + string.Concat(change.Columns.Select(column => $", {column.ValuesChanged} values of {column.Column} changed")));
        }

        return $"{change.Table}: {string.Join(", ", parts)}";
    }
}
