using SafeDb.Evidence;
using SafeDb.Observation;

namespace SafeDb.Migration.Run;

/// <summary>Collects the events of a run, writes them on as they come, and tells the observer.</summary>
internal sealed class RunLog(string runId, TimeProvider clock, IOperationObserver observer, IRunEvents? file) : IRunEvents
{
    private readonly List<RunEvent> _events = [];

    public string RunId => runId;

    public IReadOnlyList<RunEvent> Events
    {
        get
        {
            lock (_events)
            {
                return [.. _events];
            }
        }
    }

    public void Write(RunEvent line)
    {
        lock (_events)
        {
            _events.Add(line);
        }

        file?.Write(line);
        observer.OnMessage(MessageLevel.Information, line.Migration is null ? $"{line.Step}: {line.Message}" : $"{line.Step} {line.Migration}: {line.Message}");
    }

    public void Say(string step, string message, string? error = null) => Write(new RunEvent(clock.GetUtcNow(), runId, step, message) { Error = error });
}
