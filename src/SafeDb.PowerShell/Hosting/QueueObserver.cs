using System.Management.Automation;

using SafeDb.Observation;

namespace SafeDb.PowerShell.Hosting;

/// <summary>Carries what the engine's threads have to say to PowerShell's streams, by way of the pipeline thread.</summary>
/// <param name="queue">What the pipeline thread works off.</param>
/// <param name="throttle">Thins progress out.</param>
/// <param name="target">Where messages end.</param>
internal sealed class QueueObserver(PipelineQueue queue, ProgressThrottle throttle, Cmdlet target) : IOperationObserver
{
    private static readonly string[] AuditTags = ["SafeDb", "Audit"];

    public void OnProgress(ProgressReport progress)
    {
        if (throttle.Admit(progress) is { } record)
        {
            queue.Post(() => target.WriteProgress(record));
        }
    }

    public void OnMessage(MessageLevel level, string message) => queue.Post(level switch
    {
        MessageLevel.Debug => () => target.WriteDebug(message),
        MessageLevel.Verbose => () => target.WriteVerbose(message),
        MessageLevel.Warning => () => target.WriteWarning(message),
        _ => () => target.WriteInformation(message, AuditTags),
    });
}
