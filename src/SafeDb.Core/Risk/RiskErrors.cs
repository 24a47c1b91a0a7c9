using SafeDb.Errors;

namespace SafeDb.Risk;

/// <summary>Errors of the risk analysis.</summary>
public static class RiskErrors
{
    /// <summary>A rule was named that does not exist.</summary>
    public static readonly ErrorDefinition UnknownRule = new(
        "Risk.UnknownRule", ErrorKind.InvalidInput, "There is no rule named {0}. The most similar one is {1}.", "Use the id of a rule as docs/rules lists them, or, for migrations, of a gate that may be allowed.");

    /// <summary>A baseline file cannot be read.</summary>
    public static readonly ErrorDefinition BaselineInvalid = new(
        "Risk.BaselineInvalid", ErrorKind.InvalidContent, "{0} is not a baseline of findings: {1}", "Write it anew as a report in the format baseline, and review what it accepts.");

    /// <summary>A path does not exist.</summary>
    public static readonly ErrorDefinition PathMissing = new(
        "Risk.PathMissing", ErrorKind.NotFound, "There is no file or folder {0}.", "Check the path; a folder is searched for .sql files.");

    /// <summary>Nothing to analyse.</summary>
    public static readonly ErrorDefinition NoFiles = new(
        "Risk.NoFiles", ErrorKind.NotFound, "There is no .sql file in {0}.", "Name a migration file or the folder that holds them.");

    /// <summary>The engine of the SQL cannot be told.</summary>
    public static readonly ErrorDefinition EngineUnknown = new(
        "Risk.EngineUnknown", ErrorKind.InvalidInput, "It cannot be told which database the SQL of {0} is for.",
        "Name the engine (postgresql, sqlserver, sqlite), give -Database, or set a default database in safedb.json.");

    /// <summary>No dialect for the engine.</summary>
    public static readonly ErrorDefinition DialectMissing = new(
        "Risk.DialectMissing", ErrorKind.Unsupported, "This build of SafeDb cannot analyse SQL for {0}.", "Use a build that includes it.");

    /// <summary>A report format that does not exist.</summary>
    public static readonly ErrorDefinition UnknownFormat = new(
        "Risk.UnknownFormat", ErrorKind.InvalidInput, "There is no report format named {0}. The formats are: {1}.", "Use one of those.");

    /// <summary>A file is not text.</summary>
    public static readonly ErrorDefinition NotText = new(
        "Risk.NotText", ErrorKind.InvalidContent, "{0} is not a UTF-8 or UTF-16 text.", "Save the migration as UTF-8.");

    /// <summary>A file cannot be read.</summary>
    public static readonly ErrorDefinition Unreadable = new(
        "Risk.Unreadable", ErrorKind.Storage, "{0} cannot be read: {1}", "Check that the file is there and that you may read it.");
}
