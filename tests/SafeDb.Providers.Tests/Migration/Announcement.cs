using SafeDb.Observation;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>Waits until a run says that it has come somewhere, instead of for a time within which it should have.</summary>
internal sealed class Announcement(string beginning) : IOperationObserver
{
    private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails when the run ends without having said it, or says nothing for minutes.</summary>
    public async Task UntilSaidAsync(Task run, CancellationToken cancellationToken)
    {
        Task first = await Task.WhenAny(_said.Task, run).WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        if (first == run && !_said.Task.IsCompleted)
        {
            await run;
            throw new InvalidOperationException($"The run ended and never said '{beginning}'.");
        }
    }

    public void OnMessage(MessageLevel level, string message)
    {
        if (message.StartsWith(beginning, StringComparison.Ordinal))
        {
            _said.TrySetResult();
        }
    }

    public void OnProgress(ProgressReport progress)
    {
        // Only messages tell where a run is.
    }
}
