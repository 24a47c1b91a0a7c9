using SafeDb.Errors;

namespace SafeDb.Schema;

/// <summary>Errors of schema snapshots.</summary>
public static class SchemaErrors
{
    /// <summary>A file that is no snapshot.</summary>
    public static readonly ErrorDefinition SnapshotInvalid = new(
        "Schema.SnapshotInvalid", ErrorKind.InvalidContent, "{0} is not a usable schema snapshot: {1}",
        "Take the file from a backup of it or from another machine. Write a new one with Get-SafeDbSchema only from a database that is known to be right: what it holds is the reference from then on.");

    /// <summary>A reference that looks like a file, and there is none.</summary>
    public static readonly ErrorDefinition ReferenceMissing = new(
        "Schema.ReferenceMissing", ErrorKind.NotFound, "There is no file {0} to compare with.", "Check the path. A reference is the file of a snapshot (JSON), the address of a database or its name in safedb.json.");

    /// <summary>Two engines.</summary>
    public static readonly ErrorDefinition EnginesDiffer = new(
        "Schema.EnginesDiffer", ErrorKind.InvalidContent, "The reference is a schema of {0}, the database is {1}; they cannot be compared.", "Give a reference of the same engine.");
}
