using SafeDb.Integrity;

namespace SafeDb;

/// <summary>One thing that an integrity check found: what <c>Test-SafeDbIntegrity</c> returns. A sound database gives none.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Check">Stable id of the check, such as <c>foreign-key</c>.</param>
/// <param name="Object">The table, index, constraint or invariant; empty for the whole database.</param>
/// <param name="Message">What was found, without values of rows.</param>
/// <param name="Advice">What to do.</param>
public sealed record IntegrityFinding(IntegritySeverity Severity, string Check, string Object, string Message, string Advice)
{
    /// <summary>The database, without secrets.</summary>
    public string Database { get; init; } = string.Empty;

    /// <summary>Rows concerned, or null when rows are not what it is about.</summary>
    public long? Rows { get; init; }
}
