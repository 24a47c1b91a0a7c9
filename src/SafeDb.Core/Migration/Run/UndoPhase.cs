using System.Diagnostics;

using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Verify;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>The part of an undo that changes the database: journal, the tool's own lock, the down scripts, and the checks that let it count.</summary>
/// <param name="context">The engine's parts.</param>
internal sealed class UndoPhase(MigrationContext context)
{
    public async Task RunAsync(RunDraft run, MigrationCommand command, RunScope scope, CancellationToken cancellationToken)
    {
        PlanningResult planning = run.Planning!;
        long begin = Stopwatch.GetTimestamp();
        run.Log.Phase("take back");
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                var checks = new MigrationChecks(context);
                run.Checks.AddRange(await checks.InvariantsAsync(session, command.Settings, "before", cancellationToken).ConfigureAwait(false));
                IMigrationHistory history = context.History(planning.Plan.Format);
                var applier = new MigrationApplier(context, history, scope);
                IAsyncDisposable peer = await RunLock.TakeAsync(
                    () => history.TryLockAsync(session, cancellationToken), $"the lock of {planning.Plan.Format}", command, context.Clock, cancellationToken).ConfigureAwait(false);
                await using (peer.ConfigureAwait(false))
                {
                    await RefuseAnotherStateAsync(session, planning, cancellationToken).ConfigureAwait(false);
                    await RunJournal.BeginAsync(context, session, scope, planning, run.Backup?.Backup, run.Rehearsal?.SchemaAfter, cancellationToken).ConfigureAwait(false);
                    run.Journalled = true;
                    await applier.RevertAsync(session, planning.Pending, planning.Scripts, null, run.Steps.Add, cancellationToken).ConfigureAwait(false);
                }

                run.Log.Phase("verify");
                await VerifyAsync(session, run, command, checks, cancellationToken).ConfigureAwait(false);
                if (planning.Items.LastOrDefault(item => item.State == MigrationState.Applied && !planning.Pending.Contains(item.Script)) is { Script: { } last })
                {
                    await applier.RecordSchemaAsync(session, last, run.SchemaAfter!, cancellationToken).ConfigureAwait(false);
                }

                await JournalTable.DropAsync(session, CancellationToken.None).ConfigureAwait(false);
            }
        }

        run.Undone(new WayBackUsed("down script", Stopwatch.GetElapsedTime(begin), $"{Counted.Of(planning.Pending.Count, "migration")} taken back by down scripts."), run.SchemaAfter);
    }

    /// <summary>Between the plan and the lock of this session another run may have come and gone.</summary>
    private async Task RefuseAnotherStateAsync(IDatabaseSession session, PlanningResult planning, CancellationToken cancellationToken)
    {
        if (await context.Journal.ExistsAsync(session, cancellationToken).ConfigureAwait(false))
        {
            throw MigrationErrors.PlanStale.Exception("another run began meanwhile");
        }

        if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != planning.Plan.SchemaFingerprint)
        {
            throw MigrationErrors.PlanStale.Exception("the schema was changed between the plan and the lock under which it runs");
        }
    }

    private async Task VerifyAsync(IDatabaseSession session, RunDraft run, MigrationCommand command, MigrationChecks checks, CancellationToken cancellationToken)
    {
        run.SchemaLeft = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
        run.SchemaAfter = run.SchemaLeft.Fingerprint();
        if (run.Rehearsal is { } rehearsal)
        {
            bool same = rehearsal.SchemaAfter == run.SchemaAfter;
            run.Checks.Add(new CheckResult("schema", "after", same, same ? "the schema is the one that was rehearsed" : "the schema is not the one that was rehearsed"));
        }

        run.Checks.AddRange(await checks.InvariantsAsync(session, command.Settings, "after", cancellationToken).ConfigureAwait(false));
        run.RefuseBrokenChecks();
    }
}
