using SafeDb.Sql;

namespace SafeDb.Errors;

/// <summary>A failure as data: what happened, what to do, and where.</summary>
/// <param name="Id">Stable id such as <c>Archive.WrongKey</c>; never reused for something else.</param>
/// <param name="Kind">The sort of failure.</param>
/// <param name="Message">What happened, for a person. Never holds a secret.</param>
/// <param name="RecommendedAction">What the person can do now.</param>
public sealed record SafeDbError(string Id, ErrorKind Kind, string Message, string RecommendedAction)
{
    /// <summary>The place in a file, when the failure has one.</summary>
    public SqlLocation? Location { get; init; }

    /// <summary>Whether the same call may succeed when tried again.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The object the failure is about (a path, a table, an archive name), or null.</summary>
    public string? Target { get; init; }

    /// <summary>The engine's own code (SQLSTATE, SQLite result code, HTTP status), or null.</summary>
    public string? EngineCode { get; init; }

    /// <summary>Location of the backup that had been taken when the restore or the run failed, or null; the message names it too.</summary>
    public string? SafetyBackup { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {(Location is { } location ? $"{location}: " : string.Empty)}{Message}";
}
