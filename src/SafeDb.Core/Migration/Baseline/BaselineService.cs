using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Migration.Trial;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Migration.Baseline;

/// <summary>
/// Takes an existing database under a tool's history: records migrations as applied without running them, in the tool's own form, after an empty database showed that they lead to the very
/// schema that is there.
/// </summary>
/// <param name="context">The engine's parts.</param>
public sealed class BaselineService(MigrationContext context)
{
    private const string Unproved = "baseline-unproved";
    private const int ShownDifferences = 5;

    /// <summary>What would be recorded, in order; changes nothing.</summary>
    /// <param name="command">The database and folder.</param>
    /// <param name="version">The last migration to record.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<MigrationScript>> PlanAsync(MigrationCommand command, string version, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return Chosen(await new MigrationPlanner(context, PlanDepth.Catalogue).PlanAsync(session, command, cancellationToken).ConfigureAwait(false), version).Record;
        }
    }

    /// <summary>Proves and records. Every failure is in the result; only a wrong call throws.</summary>
    /// <param name="command">The database and folder.</param>
    /// <param name="version">The last migration to record.</param>
    /// <param name="confirm">Asked before anything is written.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<MigrationRun> RunAsync(MigrationCommand command, string version, Func<IReadOnlyList<MigrationScript>, Task<bool>> confirm, CancellationToken cancellationToken)
    {
        var draft = RunDraft.Begin(command, context);
        using (draft.Evidence)
        {
            try
            {
                await RunAsync(draft, command, version, confirm, cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failure)
            {
                draft.Fail(failure.Error);
            }

            return draft.Complete();
        }
    }

    private async Task RunAsync(RunDraft draft, MigrationCommand command, string version, Func<IReadOnlyList<MigrationScript>, Task<bool>> confirm, CancellationToken cancellationToken)
    {
        IDatabaseSession session = await context.OpenAsync(command.Database, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            IAsyncDisposable held = await RunLock.TakeAsync(session, command, context.Clock, cancellationToken).ConfigureAwait(false);
            await using (held.ConfigureAwait(false))
            {
                PlanningResult planning = await new MigrationPlanner(context, PlanDepth.Catalogue).PlanAsync(session, command, cancellationToken).ConfigureAwait(false);
                draft.Take(planning);
                if (planning.Interrupted is { } interrupted)
                {
                    throw new SafeDbException(MigrationAdvice.Interrupted(interrupted, command));
                }

                (IReadOnlyList<MigrationScript> reach, IReadOnlyList<MigrationScript> record) = Chosen(planning, version);
                if (record.Count == 0)
                {
                    draft.Outcome = MigrationOutcome.NothingToDo;
                    return;
                }

                draft.Judge([await ProveAsync(session, draft, command, planning, reach, version, cancellationToken).ConfigureAwait(false)]);
                if (!await confirm(record).ConfigureAwait(false))
                {
                    throw MigrationErrors.NotConfirmed.Exception();
                }

                await RecordAsync(session, draft, command, planning, record, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<GateResult> ProveAsync(
        IDatabaseSession session, RunDraft draft, MigrationCommand command, PlanningResult planning, IReadOnlyList<MigrationScript> reach, string version, CancellationToken cancellationToken)
    {
        DatabaseSchema actual = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
        draft.SchemaLeft = actual;
        string problem;
        try
        {
            DatabaseSchema expected = await new MigrationTrial(context, draft.Log).OnEmptyAsync(
                command, planning.Plan.Format, reach, trial => context.SchemaAsync(trial, cancellationToken), cancellationToken).ConfigureAwait(false);
            IReadOnlyList<SchemaObjectDifference> differences = SchemaComparer.Compare(expected, actual);
            if (differences.Count == 0)
            {
                return GateResult.Open(Unproved, $"the schema is the one that the migrations up to {version} lead to on an empty database");
            }

            problem = string.Join("; ", differences.Take(ShownDifferences).Select(Describe)) + (differences.Count > ShownDifferences ? $"; and {differences.Count - ShownDifferences} more" : "");
        }
        catch (SafeDbException failure) when (failure.Error.Kind != ErrorKind.Cancelled)
        {
            problem = $"they could not be tried on an empty database: {failure.Message}";
        }

        return GateResult.Closed(Unproved, MigrationErrors.BaselineUnproved.Error(version, problem), command.Allowed);
    }

    private async Task RecordAsync(
        IDatabaseSession session, RunDraft draft, MigrationCommand command, PlanningResult planning, IReadOnlyList<MigrationScript> record, CancellationToken cancellationToken)
    {
        IMigrationHistory history = context.History(planning.Plan.Format);
        RunScope scope = draft.Scope(command);
        IAsyncDisposable peer = await RunLock.TakeAsync(
            () => history.TryLockAsync(session, cancellationToken), $"the lock of {planning.Plan.Format}", command, context.Clock, cancellationToken).ConfigureAwait(false);
        await using (peer.ConfigureAwait(false))
        {
            await new OwnTransaction(context.Engine.Execution, scope.Limits).RunAsync(
                session,
                async () =>
                {
                    if (!await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false))
                    {
                        await history.CreateAsync(session, cancellationToken).ConfigureAwait(false);
                    }

                    foreach (MigrationScript script in record)
                    {
                        DateTimeOffset now = context.Clock.GetUtcNow();
                        await history.RecordAsync(session, new MigrationRecord(script, MigrationEvent.Baselined, now, now, null) { RunId = scope.RunId }, cancellationToken).ConfigureAwait(false);
                    }

                    await new MigrationApplier(context, history, scope).RecordSchemaAsync(session, record[^1], planning.Plan.SchemaFingerprint, cancellationToken).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
        }

        draft.Steps.AddRange(record.Select(script => new MigrationStep(script.Id, script.Name, "baseline", TimeSpan.Zero, [])));
        draft.SchemaAfter = planning.Plan.SchemaFingerprint;
        draft.Outcome = MigrationOutcome.Baselined;
        draft.Log.Say("baseline", $"{string.Join(", ", record.Select(script => script.Id))} are recorded as applied; none of them ran.");
    }

    /// <summary>The migrations that lead to the version, and those of them that are not recorded yet.</summary>
    private static (IReadOnlyList<MigrationScript> Reach, IReadOnlyList<MigrationScript> Record) Chosen(PlanningResult planning, string version)
    {
        InventoryItem[] versioned = [.. planning.Items.Where(item => item.Script is { Kind: MigrationKind.Versioned })];
        int last = Array.FindLastIndex(versioned, item => MigrationPlanner.Matches(item.Script!, version));
        if (last < 0)
        {
            throw MigrationErrors.NoSuchMigration.Exception(version);
        }

        InventoryItem[] reach = versioned[..(last + 1)];
        return ([.. reach.Select(item => item.Script!)], [.. reach.Where(item => item.IsPending || item.State == MigrationState.Failed).Select(item => item.Script!)]);
    }

    private static string Describe(SchemaObjectDifference difference) => difference.Change switch
    {
        SchemaChange.Added => $"{difference.Kind} {difference.Identity} is in the database and not in the migrations",
        SchemaChange.Removed => $"{difference.Kind} {difference.Identity} is in the migrations and not in the database",
        _ => $"{difference.Kind} {difference.Identity} is another",
    };
}
