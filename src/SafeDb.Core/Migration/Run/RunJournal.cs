using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>Begins the journal of a run: table and first entry come into being together.</summary>
internal static class RunJournal
{
    public static async Task BeginAsync(MigrationContext context, IDatabaseSession session, RunScope scope, PlanningResult planning, string? backup, string? rehearsed, CancellationToken cancellationToken)
    {
        var description = new JournalRun(
            planning.Plan.Format, [.. planning.Pending.Select(script => script.Id)], planning.Plan.SchemaFingerprint, backup, Environment.MachineName, Environment.ProcessId)
        {
            Hashes = [.. planning.Pending.Select(script => script.ContentHash)], Undo = planning.Plan.Direction == MigrationPlan.Down, Runner = planning.Plan.Runner, SchemaRehearsed = rehearsed,
        };
        await new OwnTransaction(context.Engine.Execution, scope.Limits).RunAsync(
            session,
            async () =>
            {
                await JournalTable.CreateAsync(session, cancellationToken).ConfigureAwait(false);
                await JournalTable.AppendAsync(session, new JournalEntry(scope.RunId, context.Clock.GetUtcNow(), JournalEvent.RunStarted, null, 0, description.ToJson()), cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
    }
}
