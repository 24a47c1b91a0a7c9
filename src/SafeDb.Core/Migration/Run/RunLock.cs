using System.Diagnostics;

using SafeDb.Migration.Plan;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>SafeDb's own lock on migrations of one database: tried and polled, never waited for inside the server.</summary>
internal static class RunLock
{
    public const string Name = "safedb:migrate";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Own = TimeSpan.FromSeconds(10);

    public static Task<IAsyncDisposable> TakeAsync(IDatabaseSession session, MigrationCommand command, TimeProvider clock, CancellationToken cancellationToken) =>
        TakeAsync(() => session.TryLockAsync(Name, cancellationToken), "SafeDb's lock", command, clock, cancellationToken);

    /// <summary>Takes it in the middle of a run: a session of this very run that was cut may still hold it, so that it is waited for longer.</summary>
    public static Task<IAsyncDisposable> TakeAgainAsync(IDatabaseSession session, MigrationCommand command, TimeProvider clock, CancellationToken cancellationToken) =>
        TakeAsync(session, command with { LockWait = command.LockWait > Own ? command.LockWait : Own }, clock, cancellationToken);

    public static async Task<IAsyncDisposable> TakeAsync(
        Func<Task<IAsyncDisposable?>> attempt, string what, MigrationCommand command, TimeProvider clock, CancellationToken cancellationToken)
    {
        long begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await attempt().ConfigureAwait(false) is { } held)
            {
                return held;
            }

            if (Stopwatch.GetElapsedTime(begin) >= command.LockWait)
            {
                throw MigrationErrors.Locked.Exception(command.Database.Display, what);
            }

            await Task.Delay(Poll, clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
