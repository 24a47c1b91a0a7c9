using SafeDb.Errors;

namespace SafeDb.Stores;

/// <summary>Errors of archives in folders, beside those of <see cref="StoreErrors"/>.</summary>
public static class FolderErrors
{
    /// <summary>The name is not a plain file name.</summary>
    public static readonly ErrorDefinition NameInvalid = new(
        "Folder.NameInvalid", ErrorKind.InvalidInput, "'{0}' cannot be the name of a file beside archives.", "Use a plain file name of at most 200 characters, without folders, wildcards or control characters.");

    /// <summary>The folder is not there.</summary>
    public static readonly ErrorDefinition Missing = new(
        "Folder.Missing", ErrorKind.NotFound, "The destination {0} does not exist.", "Create the folder, or check whether a drive is not mounted.");

    /// <summary>The destination is a file.</summary>
    public static readonly ErrorDefinition NotAFolder = new(
        "Folder.NotAFolder", ErrorKind.InvalidInput, "The destination {0} is a file, not a folder.", "Name the folder that holds the archives, or is to hold them.");

    /// <summary>The caller may not.</summary>
    public static readonly ErrorDefinition AccessDenied = new(
        "Folder.AccessDenied", ErrorKind.Unauthorized, "Access to {0} is denied.", "Give the account that runs SafeDb the rights to read and write there.");

    /// <summary>The destination cannot be written at all.</summary>
    public static readonly ErrorDefinition ReadOnly = new(
        "Folder.ReadOnly", ErrorKind.Storage, "{0} cannot be written: the file system is read-only.", "Mount it for writing, or choose another destination.");

    /// <summary>No space is left.</summary>
    public static readonly ErrorDefinition Full = new(
        "Folder.Full", ErrorKind.Storage, "{0} cannot be written: the disk or quota is full.", "Nothing is left of this file. Free space, prune old backups, or choose another destination.");

    /// <summary>Writing failed otherwise.</summary>
    public static readonly ErrorDefinition WriteFailed = new(
        "Folder.WriteFailed", ErrorKind.Storage, "{0} could not be written: {1}", "Check disk and connection, then try again.", IsTransient: true);

    /// <summary>Reading failed.</summary>
    public static readonly ErrorDefinition ReadFailed = new(
        "Folder.ReadFailed", ErrorKind.Storage, "{0} could not be read: {1}", "Check disk and connection, then try again.", IsTransient: true);

    /// <summary>Somebody else uses the file.</summary>
    public static readonly ErrorDefinition InUse = new(
        "Folder.InUse", ErrorKind.Locked, "{0} is in use by another process.", "Wait until it is done, then try again.", IsTransient: true);
}
