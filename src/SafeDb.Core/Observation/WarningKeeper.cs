namespace SafeDb.Observation;

/// <summary>Passes everything on and keeps the warnings, so that the result of an operation has them too and not only the stream that a person may not see.</summary>
/// <param name="inner">Who hears it.</param>
internal sealed class WarningKeeper(IOperationObserver inner) : IOperationObserver
{
    private readonly List<string> _warnings = [];

    /// <summary>The warnings so far.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            lock (_warnings)
            {
                return [.. _warnings];
            }
        }
    }

    /// <inheritdoc/>
    public void OnProgress(ProgressReport progress) => inner.OnProgress(progress);

    /// <inheritdoc/>
    public void OnMessage(MessageLevel level, string message)
    {
        if (level == MessageLevel.Warning)
        {
            lock (_warnings)
            {
                _warnings.Add(message);
            }
        }

        inner.OnMessage(level, message);
    }
}
