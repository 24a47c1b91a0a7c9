using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>SafeDb's own records between the segments of a script, in a transaction of their own that nothing the script set for its session reaches.</summary>
/// <param name="execution">How the engine runs scripts.</param>
/// <param name="limits">Limits of the transaction.</param>
internal sealed class OwnTransaction(IScriptExecution execution, ExecutionLimits limits)
{
    /// <summary>Does the work and commits it, or throws with nothing of it done.</summary>
    public async Task RunAsync(IDatabaseSession session, Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await execution.BeginAsync(session, SegmentKind.Transaction, limits, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
            await execution.SetAsideSettingsAsync(session, cancellationToken).ConfigureAwait(false);
            await work().ConfigureAwait(false);
            await execution.CommitAsync(session, SegmentKind.Transaction, foreignKeysOff: false, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await execution.RollbackAsync(session).ConfigureAwait(false);
            throw;
        }
    }
}
