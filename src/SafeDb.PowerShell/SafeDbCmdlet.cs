using System.Management.Automation;
using System.Runtime.ExceptionServices;

using SafeDb.Observation;
using SafeDb.PowerShell.Hosting;

namespace SafeDb.PowerShell;

/// <summary>
/// Base of every cmdlet. The engine works on other threads while the pipeline thread writes what it reports; when the user presses Ctrl+C the engine is told to stop
/// and the pipeline waits until it has cleaned up, so that nothing half done is left behind.
/// </summary>
public abstract class SafeDbCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ProgressThrottle _progress = new(TimeProvider.System);

    /// <summary>The user's object that errors are about; set while an item is worked on.</summary>
    private protected object? ErrorTarget { get; set; }

    /// <summary>Whether a failure ends the pipeline (for what changes something) or only this item (for what reads).</summary>
    private protected virtual bool FailureEndsPipeline => true;

    /// <summary>Whether only the plan shall be shown. Asked before long work that ends in a question; ShouldProcess alone would come after it.</summary>
    private protected bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? given)
        ? given is SwitchParameter { IsPresent: true }
        : GetVariableValue("WhatIfPreference") is true or SwitchParameter { IsPresent: true };

    private protected PathResolver Paths => new(SessionState);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Guard(ProcessItem);

    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        Guard(FinishItems);
        foreach (ProgressRecord record in _progress.Close())
        {
            WriteProgress(record);
        }
    }

    /// <inheritdoc/>
    protected sealed override void StopProcessing()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended at the same moment: there is nothing to stop.
        }
    }

    /// <summary>Works on one object of the pipeline (or on the parameters alone).</summary>
    private protected abstract void ProcessItem();

    /// <summary>Works on what was collected, after the last object.</summary>
    private protected virtual void FinishItems()
    {
    }

    /// <summary>Runs engine work off the pipeline thread, writes what it reports meanwhile, and waits for its end, also when stopped.</summary>
    private protected T Run<T>(Func<IOperationObserver, CancellationToken, Task<T>> work) => Run((observer, _, stop) => work(observer, stop));

    /// <summary>The same for work that has a question in its middle: <c>ask</c> has one answered on the pipeline thread.</summary>
    private protected T Run<T>(Func<IOperationObserver, Func<Func<bool>, Task<bool>>, CancellationToken, Task<T>> work)
    {
        using var queue = new PipelineQueue(_stop);
        var observer = new QueueObserver(queue, _progress, this);
        Task<T> task = Task.Run(async () =>
        {
            try
            {
                return await work(observer, queue.AskAsync, _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                queue.Close();
            }
        });
        queue.Pump();
        return Await(task, queue.Refused);
    }

#pragma warning disable RS0030 // The one place from which results go to scripts.
    /// <summary>Writes a result.</summary>
    private protected void Give(object? result) => WriteObject(IndexableLists.In(result));

    /// <summary>Writes results, each as an object of its own.</summary>
    private protected void GiveEach<T>(IEnumerable<T> results) => WriteObject(results.Select(result => IndexableLists.In(result)), enumerateCollection: true);
#pragma warning restore RS0030

    /// <summary>Writes an error without ending the pipeline.</summary>
    private protected void ReportError(Exception problem) => WriteError(ErrorRecordFactory.Create(problem, ErrorTarget));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases what the cmdlet holds.</summary>
    /// <param name="disposing">Whether managed resources are released too.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    private T Await<T>(Task<T> task, ExceptionDispatchInfo? refused)
    {
        try
        {
            T result = task.GetAwaiter().GetResult();
            refused?.Throw();
            return result;
        }
        catch (Exception) when (refused is not null)
        {
            refused.Throw();
            throw;
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception problem) when (problem is not (PipelineStoppedException or RuntimeException))
        {
            if (FailureEndsPipeline)
            {
                ThrowTerminatingError(ErrorRecordFactory.Create(problem, ErrorTarget));
            }

            ReportError(problem);
        }
    }
}
