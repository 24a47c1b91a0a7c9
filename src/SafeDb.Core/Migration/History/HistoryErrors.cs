using SafeDb.Errors;

namespace SafeDb.Migration.History;

/// <summary>Errors of histories and their locks.</summary>
public static class HistoryErrors
{
    /// <summary>The tool does not work with the engine.</summary>
    public static readonly ErrorDefinition EngineUnsupported = new(
        "Migration.HistoryUnsupported", ErrorKind.Unsupported, "Migrations of the format {0} cannot run on {1}.", "Use the plain format, or another tool's that knows this engine.");

    /// <summary>The history has not the columns it should have.</summary>
    public static readonly ErrorDefinition Unexpected = new(
        "Migration.HistoryUnexpected", ErrorKind.Conflict, "The history table {0} holds something unexpected: {1}", "Look at the table; another tool of the same table name may have written it.");

    /// <summary>A query of the books, or one that measures, failed.</summary>
    public static readonly ErrorDefinition QueryFailed = new(
        "Migration.QueryFailed", ErrorKind.Verification, "The database refused a query: {0}", "Check the rights of the user; what had been begun was rolled back.");
}
