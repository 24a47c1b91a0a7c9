using SafeDb.Migration.History;
using SafeDb.Migration.Status;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Applies and takes back migrations with their records. Knows nothing of gates, backups and reports.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="history">The history that is kept.</param>
/// <param name="scope">What the run shares.</param>
internal sealed class MigrationApplier(MigrationContext context, IMigrationHistory history, RunScope scope)
{
    /// <summary>Applies migrations in order; each is reported as soon as it is whole.</summary>
    public async Task ApplyAsync(IDatabaseSession session, IReadOnlyList<MigrationScript> migrations, InterruptedRun? resumed, Action<MigrationStep> done, CancellationToken cancellationToken)
    {
        if (!await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false))
        {
            await history.CreateAsync(session, cancellationToken).ConfigureAwait(false);
        }

        var runner = new ScriptRunner(context, scope);
        foreach (MigrationScript migration in migrations)
        {
            PartialMigration? partial = resumed?.Partial is { Reverting: false } half && half.Migration == migration.Id ? half : null;
            DateTimeOffset started = context.Clock.GetUtcNow();
            Task Record(MigrationEvent what, long rows, CancellationToken token) => history.RecordAsync(
                session, new MigrationRecord(migration, what, started, context.Clock.GetUtcNow(), null) { RunId = scope.RunId, RowsAffected = rows }, token);
            var job = new ScriptJob(migration, context.Scripts.ReadUp(migration), Down: false, (step, token) => Record(MigrationEvent.Applied, step.RowsAffected, token))
            {
                SegmentsDone = partial?.SegmentsDone ?? 0, LastBatchKey = partial?.LastBatchKey, Resumed = partial is not null, Start = token => Record(MigrationEvent.Started, 0, token),
            };
            done(await runner.RunAsync(session, job, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Takes migrations back by their down scripts, the last first.</summary>
    /// <param name="session">The session.</param>
    /// <param name="migrations">What is to be taken back, in the order in which it was applied.</param>
    /// <param name="all">Every migration in order, for tools that record the one before.</param>
    /// <param name="partial">A down script that is half done, or null.</param>
    /// <param name="done">Told of each as soon as it is taken back.</param>
    /// <param name="cancellationToken">Stops between and inside scripts.</param>
    public async Task RevertAsync(
        IDatabaseSession session, IReadOnlyList<MigrationScript> migrations, IReadOnlyList<MigrationScript> all, PartialMigration? partial, Action<MigrationStep> done, CancellationToken cancellationToken)
    {
        var runner = new ScriptRunner(context, scope);
        foreach (MigrationScript migration in migrations.Reverse())
        {
            Script.ExecutableScript down = context.Scripts.ReadDown(migration)
                ?? throw MigrationErrors.NoDownScript.Exception(migration.Id, migration.ManualRollback ?? "none is documented");
            DateTimeOffset started = context.Clock.GetUtcNow();
            int place = all.ToList().FindIndex(other => other.Id == migration.Id);
            PartialMigration? half = partial is { Reverting: true } && partial.Migration == migration.Id ? partial : null;
            var job = new ScriptJob(migration, down, Down: true, (step, token) => history.RecordAsync(
                session,
                new MigrationRecord(migration, MigrationEvent.RolledBack, started, context.Clock.GetUtcNow(), null)
                {
                    RunId = scope.RunId, RowsAffected = step.RowsAffected, PreviousId = place > 0 ? all[place - 1].Id : null,
                },
                token))
            {
                SegmentsDone = half?.SegmentsDone ?? 0, Resumed = half is not null, OfHalfApplied = partial is { HalfApplied: true } && partial.Migration == migration.Id,
            };
            done(await runner.RunAsync(session, job, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Writes the schema's fingerprint beside the last migration, where the history keeps it.</summary>
    public Task RecordSchemaAsync(IDatabaseSession session, MigrationScript last, string fingerprint, CancellationToken cancellationToken) => history.RecordAsync(
        session, new MigrationRecord(last, MigrationEvent.SchemaRead, context.Clock.GetUtcNow(), context.Clock.GetUtcNow(), null) { SchemaFingerprint = fingerprint }, cancellationToken);

    /// <summary>A run whose taking back had begun goes forwards again when nothing of a down script took effect; else it is refused.</summary>
    public async Task<InterruptedRun> GoForwardAsync(IDatabaseSession session, InterruptedRun run, CancellationToken cancellationToken)
    {
        if (!run.CanResume)
        {
            throw MigrationErrors.Interrupted.Exception(run.RunId, run.StartedAt.UtcDateTime, Plan.PlanGates.Describe(run));
        }

        if (run.Partial is not { Reverting: true } back)
        {
            return run;
        }

        await JournalTable.AppendAsync(session, new JournalEntry(run.RunId, context.Clock.GetUtcNow(), JournalEvent.RevertGivenUp, back.Migration, 0, null), cancellationToken).ConfigureAwait(false);
        return InterruptedRun.From(await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false))!;
    }

    /// <summary>Finds out how a segment of unknown end ended: cleans up after it, or counts it as done; refuses when only a person can say.</summary>
    public async Task<InterruptedRun> SettleAsync(IDatabaseSession session, InterruptedRun run, IReadOnlyList<MigrationScript> scripts, CancellationToken cancellationToken)
    {
        if (run.Partial is not { Uncertain: int position } partial || scripts.FirstOrDefault(script => script.Id == partial.Migration) is not { } migration)
        {
            return run;
        }

        Script.ExecutableScript script = (partial.Reverting ? context.Scripts.ReadDown(migration) : context.Scripts.ReadUp(migration))!;
        Script.ScriptStatement statement = script.Segments[position - 1].Statements[0];
        UncertainStatement found;
        try
        {
            // Names in the statement mean what they meant to the script.
            await ScriptSettings.ReplayAsync(context.Engine.Execution, session, script, position - 1, cancellationToken).ConfigureAwait(false);
            found = await context.Engine.Execution.InspectAsync(session, statement.Sql, cancellationToken).ConfigureAwait(false);
            if (found.State == UncertainState.Unknown)
            {
                throw MigrationErrors.Uncertain.Exception(Script.SqlPreview.Of(statement.Sql, 80), partial.Migration);
            }

            foreach (string cleanUp in found.CleanUp)
            {
                await session.ExecuteAsync(cleanUp, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await context.Engine.Execution.ResetSettingsAsync(session).ConfigureAwait(false);
        }

        JournalEvent what = found.State != UncertainState.Done ? JournalEvent.SegmentFailed : partial.Reverting ? JournalEvent.RevertSegmentDone : JournalEvent.SegmentDone;
        await JournalTable.AppendAsync(session, new JournalEntry(run.RunId, context.Clock.GetUtcNow(), what, partial.Migration, position, null), cancellationToken).ConfigureAwait(false);
        return InterruptedRun.From(await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false))!;
    }
}
