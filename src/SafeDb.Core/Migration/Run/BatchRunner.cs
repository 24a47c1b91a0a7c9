using System.Globalization;

using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Runs a backfill in batches, each with its place in the journal in its own transaction: after a death it goes on behind the last key that took effect.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="scope">What the run shares.</param>
internal sealed class BatchRunner(MigrationContext context, RunScope scope)
{
    private readonly IScriptExecution _execution = context.Engine.Execution;
    private readonly OwnTransaction _own = new(context.Engine.Execution, scope.Limits);

    public async Task RunAsync(
        IDatabaseSession session, ScriptJob job, ScriptSegment segment, bool journalled, SegmentRunner runner, Func<IReadOnlyList<StatementResult>, Task> closing, CancellationToken cancellationToken)
    {
        ScriptStatement statement = segment.Statements[0];
        BatchDirective batch = statement.Batch!;
        string? last = journalled ? await LastKeyAsync(session, job, cancellationToken).ConfigureAwait(false) ?? job.LastBatchKey : null;
        var rest = new BatchRest(context, scope, job, statement);
        StatementResult? total = null;
        while (true)
        {
            await rest.WaitAsync(session, cancellationToken).ConfigureAwait(false);
            await _execution.BeginAsync(session, SegmentKind.Transaction, scope.Limits, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
            object? bound = await HistoryEngine.ScalarAsync(session, batch.NextBoundSql(last), cancellationToken).ConfigureAwait(false);
            if (bound is null)
            {
                await _execution.RollbackAsync(session).ConfigureAwait(false);
                break;
            }

            string upTo = Literal(bound, job, statement);
            StatementResult result = await runner.StatementAsync(session, job, statement, batch.Bound(statement.Sql, last, upTo), TransactionState.Open, 1, cancellationToken).ConfigureAwait(false);
            last = upTo;
            if (journalled)
            {
                await _execution.SetAsideSettingsAsync(session, cancellationToken).ConfigureAwait(false);
                await JournalTable.AppendAsync(
                    session, new JournalEntry(scope.RunId, context.Clock.GetUtcNow(), JournalEvent.BatchDone, job.Migration.Id, segment.Index, last), cancellationToken).ConfigureAwait(false);
            }

            await _execution.CommitAsync(session, SegmentKind.Transaction, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
            total = total is null ? result with { Batches = 1 } : Add(total, result);
            await rest.PauseAsync(cancellationToken).ConfigureAwait(false);
        }

        await CheckAsync(session, job, statement, batch, cancellationToken).ConfigureAwait(false);
        await _own.RunAsync(session, () => closing(total is null ? [] : [total]), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The last key of this segment that took effect, in this attempt or an earlier one.</summary>
    private async Task<string?> LastKeyAsync(IDatabaseSession session, ScriptJob job, CancellationToken cancellationToken)
    {
        IReadOnlyList<JournalEntry> entries = [];
        await _own.RunAsync(session, async () => entries = await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return Status.InterruptedRun.From(entries)?.Partial is { } partial && partial.Migration == job.Migration.Id ? partial.LastBatchKey : null;
    }

    private static StatementResult Add(StatementResult total, StatementResult next) => total with
    {
        RowsAffected = total.RowsAffected + Math.Max(0, next.RowsAffected), Elapsed = total.Elapsed + next.Elapsed, Batches = total.Batches + 1,
    };

    private static async Task CheckAsync(IDatabaseSession session, ScriptJob job, ScriptStatement statement, BatchDirective batch, CancellationToken cancellationToken)
    {
        if (batch.Condition is null)
        {
            return;
        }

        object? left = await HistoryEngine.ScalarAsync(session, $"select count(*) from {batch.Table} where {batch.Condition}", cancellationToken).ConfigureAwait(false);
        if (Convert.ToInt64(left, CultureInfo.InvariantCulture) is > 0 and var rows)
        {
            throw MigrationErrors.BatchIncomplete.Exception(job.File, statement.Line, Counted.Of(rows, "row"));
        }
    }

    private static string Literal(object key, ScriptJob job, ScriptStatement statement) => key switch
    {
        long or int or short or decimal => Convert.ToString(key, CultureInfo.InvariantCulture)!,
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        Guid id => $"'{id}'",
        _ => throw ScriptErrors.BatchDirective.Exception(job.File, statement.Line, $"a key of the type {key.GetType().Name} cannot be used; use a whole number, a text or a uuid."),
    };
}
