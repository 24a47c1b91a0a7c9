using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Reads files on the other processors while the session, which needs them in order, is still at earlier ones.</summary>
internal sealed class FilesAhead
{
    // For fewer files a second thread costs more than it brings.
    private const int Fewest = 20;
    private readonly IReadOnlyList<RiskFile> _files;
    private readonly Lazy<ReadFile>?[] _read;
    private int _next = -1;
    private int _taken;

    private FilesAhead(IReadOnlyList<RiskFile> files)
    {
        _files = files;
        _read = [.. files.Select(file => new Lazy<ReadFile>(() => ReadFile.Of(file)))];
    }

    /// <summary>Begins to read; null when it would not pay.</summary>
    public static FilesAhead? Start(IReadOnlyList<RiskFile> files)
    {
        if (files.Count < Fewest || Environment.ProcessorCount < 2)
        {
            return null;
        }

        var ahead = new FilesAhead(files);
        for (int i = 1; i < Environment.ProcessorCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.ReadOn(), ahead, preferLocal: false);
        }

        return ahead;
    }

    /// <summary>The next file as it was read, or null when another one than expected is asked for.</summary>
    public ReadFile? Take(RiskFile file)
    {
        if (_taken >= _files.Count || !ReferenceEquals(_files[_taken], file))
        {
            return null;
        }

        // Whoever comes first reads it; what was taken may be collected.
        ReadFile read = _read[_taken]!.Value;
        _read[_taken++] = null;
        return read;
    }

    private void ReadOn()
    {
        for (int i = Interlocked.Increment(ref _next); i < _read.Length; i = Interlocked.Increment(ref _next))
        {
            _ = Volatile.Read(ref _read[i])?.Value;
        }
    }
}
