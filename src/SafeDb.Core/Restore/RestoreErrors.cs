using SafeDb.Errors;

namespace SafeDb.Restore;

/// <summary>Errors of restoring.</summary>
public static class RestoreErrors
{
    /// <summary>The archive is of another engine.</summary>
    public static readonly ErrorDefinition WrongEngine = new(
        "Restore.WrongEngine", ErrorKind.InvalidContent, "The archive is a backup of {0}, the target is {1}.", "Give a target of the archive's engine, or another archive.");

    /// <summary>The restored copy is not what the archive says.</summary>
    public static readonly ErrorDefinition NotEqual = new(
        "Restore.NotEqual", ErrorKind.Verification, "The restored copy differs from the archive: {0}. It was removed; the target was not touched.",
        "Run Test-SafeDbBackup on the archive for the whole list, and restore from another archive.");

    /// <summary>No table of the archive matches.</summary>
    public static readonly ErrorDefinition NoSuchTable = new(
        "Restore.NoSuchTable", ErrorKind.NotFound, "No table of the archive matches {0}. It has {1}.",
        "Check the name; patterns take * and ?, and a table is named by itself or with its schema.");

    /// <summary>The rows that were asked for were left out when the archive was taken.</summary>
    public static readonly ErrorDefinition RowsNotInArchive = new(
        "Restore.RowsNotInArchive", ErrorKind.NotFound, "The archive holds no rows of {0}: they were left out when it was taken ({1}).", "Restore from an archive that holds them; Get-SafeDbBackup shows in NotCovered what each leaves out.");

    /// <summary>No place for a scratch database is known.</summary>
    public static readonly ErrorDefinition NoScratch = new(
        "Restore.NoScratch", ErrorKind.InvalidInput, "A restore drill of a {0} backup needs a server to restore on.",
        "Give -Scratch with the address of a server where databases may be created, or -Database to use the source's own server.");

    /// <summary>A partial archive cannot replace a whole database.</summary>
    public static readonly ErrorDefinition PartialReplace = new(
        "Restore.PartialReplace", ErrorKind.GateClosed, "The archive holds only a part of its database ({0}); replacing the live database would lose the rest.",
        "Restore it into a new database, or take a complete backup.");
}
