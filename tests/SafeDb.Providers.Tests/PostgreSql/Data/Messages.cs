using SafeDb.Observation;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Keeps the warnings that an operation gives.</summary>
internal sealed class Messages : IOperationObserver
{
    public List<string> Warnings { get; } = [];

    public void OnMessage(MessageLevel level, string message)
    {
        if (level == MessageLevel.Warning)
            Warnings.Add(message);
    }

    public void OnProgress(ProgressReport progress)
    {
    }
}
