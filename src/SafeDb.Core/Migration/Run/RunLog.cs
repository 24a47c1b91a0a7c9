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
        Keep(line);
        observer.OnMessage(MessageLevel.Information, $"{(line.Rehearsal ? "rehearsal, " : "")}{line.Step}{(line.Migration is null ? "" : $" {line.Migration}")}: {line.Message}");
    }

    /// <summary>Keeps an event of which whoever called hears by the result itself: the error that ends the run.</summary>
    public void Keep(string step, string message, string? error) => Keep(new RunEvent(clock.GetUtcNow(), runId, step, message) { Error = error });

    private void Keep(RunEvent line)
    {
        lock (_events)
        {
            _events.Add(line);
        }

        file?.Write(line);
    }

    public void Say(string step, string message, string? error = null) => Write(new RunEvent(clock.GetUtcNow(), runId, step, message) { Error = error });

    /// <summary>Says that a phase of the run begins; it lasts until the next one.</summary>
    public void Phase(string name) => Say(PhaseStep, name);

    /// <summary>The step of events that begin a phase.</summary>
    public const string PhaseStep = "phase";
}
