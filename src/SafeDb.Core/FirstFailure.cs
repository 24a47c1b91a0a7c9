namespace SafeDb;

/// <summary>Waits for parallel work and tells the failure that came first in meaning.</summary>
internal static class FirstFailure
{
    /// <summary>Waits until every task has ended (nothing runs on behind the caller's back), then throws the cause: a real failure rather than the cancellation that it set off.</summary>
    public static async Task WhenAllAsync(IReadOnlyCollection<Task> tasks)
    {
        Task all = Task.WhenAll(tasks);
        try
        {
            await all.ConfigureAwait(false);
        }
        catch (Exception first)
        {
            Exception cause = all.Exception?.InnerExceptions.FirstOrDefault(problem => problem is not OperationCanceledException) ?? first;
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
        }
    }
}
