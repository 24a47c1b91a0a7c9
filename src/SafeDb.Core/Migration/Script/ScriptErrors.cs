using SafeDb.Errors;

namespace SafeDb.Migration.Script;

/// <summary>Errors of scripts that cannot be run as they are.</summary>
public static class ScriptErrors
{
    /// <summary>No statement can be read.</summary>
    public static readonly ErrorDefinition Broken = new(
        "Migration.ScriptBroken", ErrorKind.Syntax, "{0}, line {1}: no statement can be read from here; a quote or a comment is not closed.", "Close it. Nothing was run.");

    /// <summary>A command of a client.</summary>
    public static readonly ErrorDefinition ClientCommand = new(
        "Migration.ClientCommand", ErrorKind.Syntax, "{0}, line {1}: {2} is a command of a client program, not SQL.", "Write SQL instead; psql's commands and inline COPY data work only in psql.");

    /// <summary>Transaction statements of the script's own.</summary>
    public static readonly ErrorDefinition TransactionControl = new(
        "Migration.TransactionControl", ErrorKind.InvalidContent, "{0}, line {1}: the script handles transactions itself, so that it could neither be undone as a whole nor recorded with its effects.",
        "Remove BEGIN and COMMIT: SafeDb runs each migration in one transaction. One pair around the whole script is accepted.");

    /// <summary>A batch directive that cannot be understood.</summary>
    public static readonly ErrorDefinition BatchDirective = new(
        "Migration.BatchDirective", ErrorKind.Syntax, "{0}, line {1}: the safedb:batch directive cannot be used: {2}",
        "Write '-- safedb:batch key=<column> size=<rows> pause=<duration>' before one UPDATE or DELETE of one table with a numeric or text key.");
}
