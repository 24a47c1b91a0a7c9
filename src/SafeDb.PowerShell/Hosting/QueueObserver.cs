using System.Collections.Concurrent;
using System.Management.Automation;

using SafeDb.Observation;

namespace SafeDb.PowerShell.Hosting;

/// <summary>
/// Carries what the engine's threads have to say to the pipeline thread, which alone may write to PowerShell's streams. One way only: every decision stays on the pipeline thread.
/// </summary>
/// <param name="queue">What the pipeline thread works off.</param>
/// <param name="progress">Thins progress out.</param>
/// <param name="target">Where messages end.</param>
internal sealed class QueueObserver(BlockingCollection<Action> queue, ProgressThrottle progress, Cmdlet target) : IOperationObserver
{
    private static readonly string[] AuditTags = ["SafeDb", "Audit"];

    public void OnProgress(ProgressReport progressReport)
    {
        if (progress.Admit(progressReport) is { } record)
        {
            Enqueue(() => target.WriteProgress(record));
        }
    }

    public void OnMessage(MessageLevel level, string message) => Enqueue(level switch
    {
        MessageLevel.Debug => () => target.WriteDebug(message),
        MessageLevel.Verbose => () => target.WriteVerbose(message),
        MessageLevel.Warning => () => target.WriteWarning(message),
        _ => () => target.WriteInformation(message, AuditTags),
    });

    // A worker that reports after the operation has ended must not fail for it.
    private void Enqueue(Action write)
    {
        try
        {
            queue.TryAdd(write);
        }
        catch (InvalidOperationException)
        {
            // The queue is closed (or disposed, which derives from this): nobody listens any more.
        }
    }
}
