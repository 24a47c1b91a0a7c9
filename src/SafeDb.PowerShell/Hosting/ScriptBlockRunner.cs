using System.Management.Automation;

using SafeDb.Migration;
using SafeDb.Migration.Run;
using SafeDb.Observation;

namespace SafeDb.PowerShell.Hosting;

/// <summary>A script block as a runner: on the pipeline thread, where PowerShell expects it, with every error ending it, also that of a command that ends with another code than 0.</summary>
/// <param name="block">The script block; gets the address and the phase.</param>
/// <param name="session">Where the last exit code stands.</param>
/// <param name="ask">Does something on the pipeline thread.</param>
/// <param name="observer">Told what the script block puts out.</param>
internal sealed class ScriptBlockRunner(ScriptBlock block, SessionState session, Func<Func<bool>, Task<bool>> ask, IOperationObserver observer)
{
    private const string ExitCode = "global:LASTEXITCODE";

    public async Task RunAsync(RunnerCall call, CancellationToken cancellationToken)
    {
        // Kept, and thrown where the run can take it: thrown on the pipeline thread it would end the cmdlet over a run that goes on.
        Exception? thrown = null;
        await ask(() =>
        {
            try
            {
                Invoke(call);
            }
            catch (Exception failure) when (failure is (RuntimeException and not PipelineStoppedException) or Errors.SafeDbException)
            {
                thrown = failure;
            }

            return true;
        }).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (thrown is not null)
        {
            throw thrown as Errors.SafeDbException ?? MigrationErrors.RunnerFailed.Caused(thrown, call.Phase, thrown.Message);
        }
    }

    private void Invoke(RunnerCall call)
    {
        session.PSVariable.Set(ExitCode, 0);
        foreach (PSObject item in block.InvokeWithContext(null, [new PSVariable("ErrorActionPreference", ActionPreference.Stop)], call.GetAddress(), call.Phase))
        {
            observer.OnMessage(MessageLevel.Information, $"[{call.Phase}] {item}");
        }

        if (session.PSVariable.GetValue(ExitCode) is int code and not 0)
        {
            throw MigrationErrors.RunnerFailed.Exception(call.Phase, $"a command ended with exit code {code}.");
        }
    }
}
