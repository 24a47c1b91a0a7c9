namespace SafeDb.Observation;

/// <summary>
/// Receives what an operation has to say while it runs. Messages only go out: no decision ever comes back through this port.
/// Implementations must be thread-safe, must not throw and must return quickly; they are called from worker threads.
/// </summary>
public interface IOperationObserver
{
    /// <summary>How far the operation is. May be called often; the front end thins it out.</summary>
    void OnProgress(ProgressReport progress);

    /// <summary>A message for a person or a log.</summary>
    void OnMessage(MessageLevel level, string message);
}

/// <summary>How important a message is; front ends map it to their streams.</summary>
public enum MessageLevel
{
    /// <summary>For maintainers.</summary>
    Debug,

    /// <summary>Steps and reasons, for <c>-Verbose</c>.</summary>
    Verbose,

    /// <summary>The audit trail.</summary>
    Information,

    /// <summary>It succeeded, but somebody must know this.</summary>
    Warning,
}

/// <summary>How far one activity is.</summary>
/// <param name="Activity">What is being done, such as <c>Backup shop</c>.</param>
/// <param name="Status">What it is at now, such as a table's name.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all, or 0 when unknown.</param>
/// <param name="Unit">What a unit is: <c>bytes</c>, <c>rows</c>, <c>steps</c>.</param>
public sealed record ProgressReport(string Activity, string Status, long Done, long Total, string Unit)
{
    /// <summary>The activity this one belongs to, or null for the whole operation.</summary>
    public string? Parent { get; init; }

    /// <summary>Whether the activity has ended and its display can go.</summary>
    public bool Completed { get; init; }
}

/// <summary>An observer that hears nothing.</summary>
public sealed class SilentObserver : IOperationObserver
{
    /// <summary>The one instance.</summary>
    public static readonly SilentObserver Instance = new();

    private SilentObserver()
    {
    }

    /// <inheritdoc/>
    public void OnProgress(ProgressReport progress)
    {
    }

    /// <inheritdoc/>
    public void OnMessage(MessageLevel level, string message)
    {
    }
}
