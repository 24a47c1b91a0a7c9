namespace SafeDb;

/// <summary>One line of the readiness checklist: what <c>Test-SafeDbReadiness</c> returns.</summary>
/// <param name="Item">Stable id of the line, such as <c>backup-exists</c>.</param>
/// <param name="Question">What is asked.</param>
/// <param name="Passed">Whether the answer is yes.</param>
/// <param name="Evidence">What the answer rests on.</param>
/// <param name="CheckedAt">When, in UTC.</param>
public sealed record ReadinessItem(string Item, string Question, bool Passed, string Evidence, DateTimeOffset CheckedAt)
{
    /// <summary>What to do when it did not pass; null when it did.</summary>
    public string? Advice { get; init; }

    /// <summary><c>Passed</c> or <c>Failed</c>.</summary>
    public string Result => Passed ? "Passed" : "Failed";
}
