using SafeDb.Errors;

namespace SafeDb.Schema;

/// <summary>Errors of schema snapshots.</summary>
public static class SchemaErrors
{
    /// <summary>A file that is no snapshot.</summary>
    public static readonly ErrorDefinition SnapshotInvalid = new(
        "Schema.SnapshotInvalid", ErrorKind.InvalidContent, "{0} is not a usable schema snapshot: {1}",
        "Write it anew: safedb schema <database> --output json > file, or Get-SafeDbSchema <database> | ConvertTo-Json -Depth 8 > file.");

    /// <summary>Two engines.</summary>
    public static readonly ErrorDefinition EnginesDiffer = new(
        "Schema.EnginesDiffer", ErrorKind.InvalidContent, "The reference is a schema of {0}, the database is {1}; they cannot be compared.", "Give a reference of the same engine.");
}
