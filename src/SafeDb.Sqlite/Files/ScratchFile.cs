namespace SafeDb.Sqlite.Files;

/// <summary>
/// A private database file (mode 0600) that is removed in every case: by disposing, and, when the process was killed, by the next SafeDb that makes a scratch file in
/// the folder. A lock file beside it says whether its owner lives; it is taken before the scratch file appears and freed after it has gone.
/// </summary>
internal sealed class ScratchFile : IAsyncDisposable
{
    private const string Prefix = "safedb-scratch-";
    private const string LockSuffix = ".lock";

    /// <summary>Name of a lock without a file, which the next scratch file in the folder removes when its owner is dead.</summary>
    public static string NewLockName => $"{Prefix}{Guid.NewGuid():N}.db{LockSuffix}";

    private readonly OwnedLock _owner;

    private ScratchFile(string path, OwnedLock owner)
    {
        FullPath = path;
        _owner = owner;
    }

    public string FullPath { get; }

    public static ScratchFile Create(string folder, string databaseName)
    {
        RemoveAbandoned(folder);
        string path = Path.Combine(folder, $"{Prefix}{databaseName}-{Guid.NewGuid():N}.db");
        OwnedLock owner = OwnedLock.TryTake(path + LockSuffix) ?? throw SqliteErrors.Busy.Exception(path);
        return new ScratchFile(path, owner);
    }

    /// <summary>Creates the file itself, empty and readable for this user only.</summary>
    public FileStream OpenNew()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(FullPath, options);
    }

    public async ValueTask DisposeAsync()
    {
        SqlitePath.DeleteWithSidecars(FullPath);
        await _owner.DisposeAsync().ConfigureAwait(false);
    }

    private static void RemoveAbandoned(string folder)
    {
        IReadOnlyList<(string Kept, string Database)> kept = KeptDatabase.In(folder);
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*.db").ToList())
        {
            if (!IsAbandoned(path)) continue;
            SqlitePath.DeleteWithSidecars(path);
            File.Delete(path + LockSuffix);
        }

        // A process killed between taking its lock and creating its file leaves the lock file alone.
        bool[] alone = [.. Directory.EnumerateFiles(folder, Prefix + "*.db" + LockSuffix).ToList().Select(path => IsAbandoned(path[..^LockSuffix.Length]))];

        // Names from before that look, and nobody alive who could be in the middle of a swap: whoever swaps has a scratch file in this folder.
        if (Array.TrueForAll(alone, abandoned => abandoned))
        {
            foreach ((string name, string database) in kept) KeptDatabase.RemoveIfLive(name, database);
        }
    }

    private static bool IsAbandoned(string path)
    {
        try
        {
            OwnedLock? taken = OwnedLock.TryTake(path + LockSuffix);
            if (taken is null) return false;
            taken.DisposeAsync().AsTask().GetAwaiter().GetResult();
            return true;
        }
        catch (SafeDb.Errors.SafeDbException)
        {
            // Another user's scratch file: it is his to remove.
            return false;
        }
    }
}
