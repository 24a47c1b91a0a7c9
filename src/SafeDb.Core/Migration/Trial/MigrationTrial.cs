using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Trial;

/// <summary>Applies migrations to an empty database aside, to see which schema they lead to. The database in question is not touched.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="log">The run's log.</param>
internal sealed class MigrationTrial(MigrationContext context, RunLog log)
{
    /// <summary>Applies the migrations, and lets the caller look at what they led to while it is there.</summary>
    public async Task<T> OnEmptyAsync<T>(
        MigrationCommand command, string format, IReadOnlyList<MigrationScript> migrations, Func<IDatabaseSession, Task<T>> look, CancellationToken cancellationToken)
    {
        IEmptyDatabase empty = await context.Engine.EmptyDatabases.CreateAsync(command.Database, command.Scratch, command.Observer, cancellationToken).ConfigureAwait(false);
        await using (empty.ConfigureAwait(false))
        {
            IDatabaseSession session = await context.OpenAsync(empty.Address, cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                var scope = new RunScope(log.RunId, empty.Address, new ExecutionLimits(command.Policy.LockTimeout, command.Policy.StatementTimeout), 0, log);
                await new MigrationApplier(context, context.History(format), scope).ApplyAsync(session, migrations, null, _ => { }, cancellationToken).ConfigureAwait(false);
                return await look(session).ConfigureAwait(false);
            }
        }
    }
}
