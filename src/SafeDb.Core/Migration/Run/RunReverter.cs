using System.Diagnostics;
using System.Runtime.CompilerServices;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Status;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.Run;

/// <summary>How taking a run back ended.</summary>
/// <param name="Way">The way that led back, or null when none did.</param>
/// <param name="Problem">Why none did.</param>
internal sealed record RevertOutcome(WayBackUsed? Way, string? Problem)
{
    /// <summary>The schema where an interrupted undo was finished; else null, and it is the one of before.</summary>
    public string? SchemaAfter { get; init; }

    /// <summary>The schema that was read at the end, or null where none was.</summary>
    public DatabaseSchema? Schema { get; init; }

    /// <summary>The outcome; when somebody else holds the lock, what this run left is theirs to finish or to take back, and no restore may come between.</summary>
    public static async Task<RevertOutcome> OrLockedAsync(Task<RevertOutcome> reverting)
    {
        try
        {
            return await reverting.ConfigureAwait(false);
        }
        catch (SafeDbException locked) when (locked.Id == MigrationErrors.Locked.Id)
        {
            return new RevertOutcome(null, locked.Message);
        }
    }
}

/// <summary>
/// Takes back what a run did, starting from what the database itself says, never from what the process remembers: the same code serves the failing run and the next process after a death.
/// Down scripts first; they count only when they lead to the very schema of before. Else the backup takes the database's place, when the policy accepts that.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="net">The backup, or null.</param>
/// <param name="log">The run's log.</param>
internal sealed class RunReverter(MigrationContext context, ISafetyNet? net, RunLog log)
{
    /// <summary>The way back that puts the backup in the database's place.</summary>
    public const string Restore = "restore";

    public async Task<RevertOutcome> RevertAsync(MigrationCommand command, RunScope scope, IReadOnlyList<MigrationScript> scripts, Action<MigrationStep> done, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        JournalRun? run = null;
        string? problem;
        try
        {
            IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                IAsyncDisposable held = await RunLock.TakeAgainAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
                await using ConfiguredAsyncDisposable releasing = held.ConfigureAwait(false);
                InterruptedRun? state = InterruptedRun.From(await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false));
                if (state is null)
                {
                    return new RevertOutcome(new WayBackUsed("transaction", Stopwatch.GetElapsedTime(begin), "Nothing had taken effect."), null);
                }

                if (state.RunId != scope.RunId)
                {
                    // Another run's journal: whatever happened to this one, it had changed nothing, and the other is not its to take back.
                    return new RevertOutcome(null, $"the journal belongs to the run {state.RunId}.");
                }

                run = state.Run;
                if (run.Runner)
                {
                    throw MigrationErrors.NoDownScript.Exception("What a runner did", "none");
                }

                int reverted = await ByScriptsAsync(session, scope, state, scripts, done, cancellationToken).ConfigureAwait(false);
                DatabaseSchema schema = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
                string now = schema.Fingerprint();
                if (now == (run.Undo ? run.SchemaRehearsed ?? now : run.SchemaBefore))
                {
                    if (run.Undo)
                    {
                        await RecordSchemaAsync(session, scope, run, scripts, now, cancellationToken).ConfigureAwait(false);
                    }

                    await JournalTable.DropAsync(session, cancellationToken).ConfigureAwait(false);
                    return new RevertOutcome(ByScripts(run, reverted, Stopwatch.GetElapsedTime(begin)), null)
                    {
                        SchemaAfter = run.Undo ? now : null, Schema = schema,
                    };
                }

                problem = $"after the down scripts the schema is not the one {(run.Undo ? "that was rehearsed" : "of before")}.";
            }
        }
        catch (SafeDbException failure) when (failure.Id != MigrationErrors.Locked.Id)
        {
            problem = failure.Message;
        }

        log.Say("revert", $"The down scripts did not lead back: {problem}");
        return await ByRestoreAsync(command, run?.Backup, problem, begin, cancellationToken).ConfigureAwait(false);
    }

    private static WayBackUsed ByScripts(JournalRun run, int reverted, TimeSpan took) =>
        reverted > 0 ? new WayBackUsed("down script", took, $"{Counted.Of(reverted, "migration")} taken back by down scripts.")
        : run.Undo ? new WayBackUsed("down script", took, "Everything had been taken back by down scripts before the undo was interrupted.")
        : new WayBackUsed("transaction", took, "Nothing had taken effect beyond the transaction that was rolled back.");

    private async Task<int> ByScriptsAsync(
        IDatabaseSession session, RunScope scope, InterruptedRun state, IReadOnlyList<MigrationScript> scripts, Action<MigrationStep> done, CancellationToken cancellationToken)
    {
        IMigrationHistory history = context.History(state.Run.Format);
        var applier = new MigrationApplier(context, history, scope);
        state = await applier.SettleAsync(session, state, scripts, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AppliedMigration> recorded =
            await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false) ? await history.ReadAsync(session, cancellationToken).ConfigureAwait(false) : [];
        IReadOnlyList<InventoryItem> items = MigrationInventory.Compare(scripts, recorded);
        bool Applied(string id) => items.Any(item => item.Id == id && item.State is MigrationState.Applied or MigrationState.Edited);
        bool Half(string id) => state.Partial is { } partial && partial.Migration == id && (partial.Reverting || partial.SegmentsDone > 0 || partial.LastBatchKey is not null);
        MigrationScript[] back = [.. state.Run.Migrations.Where(id => Applied(id) || Half(id)).Select(id => scripts.FirstOrDefault(script => script.Id == id)).OfType<MigrationScript>()];
        await applier.RevertAsync(session, back, scripts, state.Partial, done, cancellationToken).ConfigureAwait(false);

        // A half-applied migration whose tool records the beginning: nothing of it is left, so its record goes too.
        if (state.Partial is { Reverting: false } begun && !Half(begun.Migration) && scripts.FirstOrDefault(script => script.Id == begun.Migration) is { } unbegun)
        {
            await history.RecordAsync(
                session, new MigrationRecord(unbegun, MigrationEvent.RolledBack, context.Clock.GetUtcNow(), context.Clock.GetUtcNow(), null)
                {
                    PreviousId = scripts.TakeWhile(script => script.Id != unbegun.Id).LastOrDefault()?.Id,
                },
                cancellationToken).ConfigureAwait(false);
        }

        return back.Length;
    }

    /// <summary>As every undo does: the next run compares the schema with what is recorded of the last migration that stays.</summary>
    private async Task RecordSchemaAsync(IDatabaseSession session, RunScope scope, JournalRun run, IReadOnlyList<MigrationScript> scripts, string fingerprint, CancellationToken cancellationToken)
    {
        IMigrationHistory history = context.History(run.Format);
        IReadOnlyList<InventoryItem> items = MigrationInventory.Compare(scripts, await history.ReadAsync(session, cancellationToken).ConfigureAwait(false));
        if (items.LastOrDefault(item => item.State == MigrationState.Applied) is { Script: { } last })
        {
            await new MigrationApplier(context, history, scope).RecordSchemaAsync(session, last, fingerprint, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Puts the backup in the database's place when the policy accepts that; else calls a person.</summary>
    public async Task<RevertOutcome> ByRestoreAsync(MigrationCommand command, string? backup, string problem, long begin, CancellationToken cancellationToken)
    {
        bool accepted = command.Policy.WaysBack.Contains(WayBack.Restore);
        if (net is null || backup is null || !accepted)
        {
            string why = backup is null ? "no backup belongs to the run" : accepted ? "no backup can be reached" : "the policy does not accept a restore";
            await CallPersonAsync(command, $"{problem} It was not restored because {why}.").ConfigureAwait(false);
            return new RevertOutcome(null, $"{problem} It was not restored because {why}.");
        }

        try
        {
            string previous = await net.RestoreAsync(backup, command.Database, cancellationToken).ConfigureAwait(false);
            return new RevertOutcome(new WayBackUsed(Restore, Stopwatch.GetElapsedTime(begin), $"What was written after the backup {backup} is only in the database kept aside: {previous}."), null);
        }
        catch (SafeDbException failure)
        {
            await CallPersonAsync(command, $"{problem} The restore failed too: {failure.Message}").ConfigureAwait(false);
            return new RevertOutcome(null, $"{problem} The restore failed too: {failure.Message}");
        }
    }

    private async Task CallPersonAsync(MigrationCommand command, string why)
    {
        try
        {
            IDatabaseSession session = await context.OpenAsync(command.Database, CancellationToken.None).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                if (await context.Journal.ExistsAsync(session, CancellationToken.None).ConfigureAwait(false))
                {
                    await JournalTable.AppendAsync(session, new JournalEntry(log.RunId, context.Clock.GetUtcNow(), JournalEvent.NeedsPerson, null, 0, why), CancellationToken.None).ConfigureAwait(false);
                }
            }
        }
        catch (SafeDbException failure)
        {
            log.Say("revert", $"The journal could not be written: {failure.Message}", failure.Id);
        }
    }
}
