using System.Diagnostics;

using SafeDb.Addresses;
using SafeDb.Errors;

namespace SafeDb.Migration.Run;

/// <summary>Calls a runner, and turns whatever it throws into an error of SafeDb.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="log">The run's log.</param>
internal sealed class RunnerStep(MigrationContext context, RunLog log)
{
    /// <summary>The format's name in plans and results.</summary>
    public const string Format = "runner";

    public async Task<MigrationStep> RunAsync(MigrationRunner runner, DatabaseAddress database, bool rehearsal, CancellationToken cancellationToken)
    {
        var call = new RunnerCall(context.Engine.ToUrl(database), rehearsal, log.RunId);
        long begin = Stopwatch.GetTimestamp();
        log.Say(Format, $"The runner is called for {(rehearsal ? "the copy" : database.Display)}.");
        try
        {
            await runner(call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (SafeDbException or OperationCanceledException))
        {
            throw MigrationErrors.RunnerFailed.Caused(failure, call.Phase, failure.Message);
        }

        return new MigrationStep(Format, Format, "up", Stopwatch.GetElapsedTime(begin), []);
    }
}
