using SafeDb.Addresses;
using SafeDb.Backup;

namespace SafeDb.Cli.Hosting;

/// <summary>
/// Where the runtime goes on with what waited for a socket. Left alone, the thread that watches the sockets wakes one of the pool for every packet, also for those that nobody waits for because the reader still
/// works on the ones before: of a backup from a server on the same machine a sixth of the client's processor time (docs/performance.md).
/// </summary>
internal static class SocketCompletions
{
    /// <summary>The runtime's own switch, which it reads when the process opens its first socket: https://github.com/dotnet/runtime, SocketAsyncEngine.Unix.cs.</summary>
    public const string Variable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>
    /// The runtime's number of watching threads, over which sockets are spread in turn. When a statement is cancelled, the thread that goes on after it waits in the driver until the request to cancel, a socket of its
    /// own, has ended: on one watching thread both would wait for the driver's time limit, 15 s (seen with the runtime's own number, one per processor; never with this one in 200 times four cancelled statements).
    /// </summary>
    public const string ThreadsVariable = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    // More sockets than a backup, drill or restore opens with the usual jobs; beyond that two share a thread, and a stop may at worst take the driver's time limit. A thread that watches one idle socket costs its stack.
    private const string Threads = "64";

    /// <summary>
    /// Lets a process go on in the watching thread itself when PostgreSQL is all that it talks to. Nothing may keep that thread waiting for a socket, or all of them stand still: this engine reads rows in threads of
    /// their own and waits for everything else without a thread; of other drivers and of stores that is not ours to promise. A value that somebody set stays.
    /// </summary>
    /// <param name="engine">The engine of the database.</param>
    /// <param name="archives">Where the archives lie: a folder, a file, or the address of a store.</param>
    /// <param name="read">Reads an environment variable.</param>
    /// <param name="write">Sets one.</param>
    public static void InWatchingThread(DatabaseEngine engine, string archives, Func<string, string?> read, Action<string, string> write)
    {
        if (engine == DatabaseEngine.PostgreSql && !ArchiveLocation.IsAddress(archives) && read(Variable) is null)
        {
            write(Variable, "1");
            write(ThreadsVariable, read(ThreadsVariable) ?? Threads);
        }
    }
}
