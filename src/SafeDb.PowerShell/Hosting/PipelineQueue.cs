using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace SafeDb.PowerShell.Hosting;

/// <summary>
/// What engine threads want done on the pipeline thread, which alone may write to PowerShell's streams or ask the user. Closed when the engine has ended; never before, so that
/// the pipeline always waits for the clean-up.
/// </summary>
/// <param name="stop">Cancelled when the user stops the pipeline; also cancelled here when a write is refused (<c>-WarningAction Stop</c>).</param>
internal sealed class PipelineQueue(CancellationTokenSource stop) : IDisposable
{
    private readonly BlockingCollection<(Action Work, Action? Skip)> _items = [];

    /// <summary>The first exception out of a write, if any.</summary>
    public ExceptionDispatchInfo? Refused { get; private set; }

    /// <summary>Adds something to write. A worker that reports after the end must not fail for it.</summary>
    public void Post(Action write) => TryAdd(write, null);

    /// <summary>Has a question answered on the pipeline thread; the asking thread waits without blocking it.</summary>
    public Task<bool> AskAsync(Func<bool> question)
    {
        var answer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Ask()
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception problem)
            {
                answer.SetException(problem);
                throw;
            }
        }

        if (!TryAdd(Ask, () => answer.TrySetCanceled()))
        {
            answer.TrySetCanceled();
        }

        return answer.Task;
    }

    /// <summary>Nothing more will come.</summary>
    public void Close() => _items.CompleteAdding();

    /// <summary>Works everything off until the engine has closed the queue.</summary>
    public void Pump()
    {
        foreach ((Action work, Action? skip) in _items.GetConsumingEnumerable())
        {
            if (Refused is null && !stop.IsCancellationRequested)
            {
                Try(work);
            }
            else
            {
                skip?.Invoke();
            }
        }
    }

    public void Dispose() => _items.Dispose();

    private void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception problem)
        {
            Refused = ExceptionDispatchInfo.Capture(problem);
            stop.Cancel();
        }
    }

    private bool TryAdd(Action work, Action? skip)
    {
        try
        {
            return _items.TryAdd((work, skip));
        }
        catch (InvalidOperationException)
        {
            // Closed or disposed (which derives from this): nobody listens any more.
            return false;
        }
    }
}
