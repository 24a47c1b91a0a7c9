using SafeDb.Errors;

namespace SafeDb.Migration.Plan;

/// <summary>What a gate said.</summary>
/// <param name="Id">The gate, which is also the hazard's name that allows it.</param>
/// <param name="Passed">Whether the run may go on. False also for a gate that was not judged.</param>
/// <param name="Message">Why, for a person.</param>
public sealed record GateResult(string Id, bool Passed, string Message)
{
    /// <summary>Whether it was closed and an allowance opened it.</summary>
    public bool Allowed { get; init; }

    /// <summary>Whether it was judged at all: some gates can be judged only after the backup or the rehearsal.</summary>
    public bool Judged { get; init; } = true;

    /// <summary>The error that a closed gate gives.</summary>
    public SafeDbError? Error { get; init; }

    /// <summary>The answer in one word.</summary>
    public GateAnswer Answer => !Judged ? GateAnswer.NotJudged : Allowed ? GateAnswer.Allowed : Passed ? GateAnswer.Open : GateAnswer.Closed;

    /// <summary>The answer for a person.</summary>
    public string Say() => Answer switch
    {
        GateAnswer.NotJudged => "not judged",
        GateAnswer.Allowed => "closed, and allowed",
        GateAnswer.Open => "open",
        _ => "closed",
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Id} is {Say()}: {Message}";

    /// <summary>A gate that is open.</summary>
    public static GateResult Open(string id, string message) => new(id, true, message);

    /// <summary>A gate that was not judged, with the reason.</summary>
    public static GateResult NotJudged(string id, string message) => new(id, false, message) { Judged = false };

    /// <summary>A gate that is closed unless the hazard of its name is allowed.</summary>
    public static GateResult Closed(string id, SafeDbError error, IEnumerable<string> allowed) =>
        allowed.Contains(id, StringComparer.OrdinalIgnoreCase)
            ? new GateResult(id, true, error.Message) { Allowed = true }
            : new GateResult(id, false, error.Message) { Error = error };
}

/// <summary>Answers of a gate.</summary>
public enum GateAnswer
{
    /// <summary>The run may go on.</summary>
    Open,

    /// <summary>It stops the run.</summary>
    Closed,

    /// <summary>It was closed, and somebody allowed it by name.</summary>
    Allowed,

    /// <summary>It could not be judged yet, or the run ended before.</summary>
    NotJudged,
}
