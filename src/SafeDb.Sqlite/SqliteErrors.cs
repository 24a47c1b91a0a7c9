using SafeDb.Errors;

namespace SafeDb.Sqlite;

/// <summary>Errors of the SQLite provider.</summary>
public static class SqliteErrors
{
    /// <summary>No usable native library.</summary>
    public static readonly ErrorDefinition NativeLibrary = new(
        "Sqlite.NativeLibrary", ErrorKind.Unsupported, "The SQLite library could not be loaded: {0}.",
        "Unset SAFEDB_SQLITE, or set it to bundled, system, or the path of a SQLite library for this processor.");

    /// <summary>The file does not exist.</summary>
    public static readonly ErrorDefinition NotFound = new(
        "Sqlite.NotFound", ErrorKind.NotFound, "There is no database file '{0}'.", "Check the path. SafeDb never creates a database by opening it.");

    /// <summary>The path leads to a folder.</summary>
    public static readonly ErrorDefinition IsFolder = new(
        "Sqlite.IsFolder", ErrorKind.InvalidInput, "'{0}' is a folder, not a database file.", "Name the database file inside the folder.");

    /// <summary>The file is no SQLite database.</summary>
    public static readonly ErrorDefinition NotADatabase = new(
        "Sqlite.NotADatabase", ErrorKind.InvalidContent, "'{0}' is not a SQLite database, or it is encrypted.",
        "Check the path. An encrypted database (SQLCipher, SEE) must be decrypted first: SafeDb cannot read it.");

    /// <summary>The address asks for an encrypted database.</summary>
    public static readonly ErrorDefinition EncryptionUnsupported = new(
        "Sqlite.EncryptionUnsupported", ErrorKind.Unsupported, "The address holds a password, but the SQLite library cannot open encrypted databases.",
        "Leave the password out, or export the database to a plain file first.");

    /// <summary>The address cannot be used.</summary>
    public static readonly ErrorDefinition BadAddress = new(
        "Sqlite.BadAddress", ErrorKind.InvalidInput, "The SQLite address cannot be used: {0}.", "Write sqlite:./file.db or sqlite:///absolute/path/file.db.");

    /// <summary>Rights are missing.</summary>
    public static readonly ErrorDefinition AccessDenied = new(
        "Sqlite.AccessDenied", ErrorKind.Unauthorized, "'{0}' cannot be opened or written.",
        "Give this user the right to read and write the database file and its folder (SQLite keeps its journal beside the file).");

    /// <summary>Another connection holds it.</summary>
    public static readonly ErrorDefinition Busy = new(
        "Sqlite.Busy", ErrorKind.Locked, "The database '{0}' stayed locked by another connection.",
        "Try again when the other connection has finished its transaction, or give a longer timeout (Default Timeout in the connection string).", IsTransient: true);

    /// <summary>The database is damaged.</summary>
    public static readonly ErrorDefinition Corrupt = new(
        "Sqlite.Corrupt", ErrorKind.Corrupt, "The database '{0}' is damaged: {1}",
        "Do not write to it any more. Restore the last verified backup, or copy the file away and run the recovery command of the sqlite3 shell (.recover).");

    /// <summary>The schema holds text that this version of the library does not understand. Mostly a newer feature, such as STRICT before 3.37; it must not pass for damage.</summary>
    public static readonly ErrorDefinition SchemaNotUnderstood = new(
        "Sqlite.SchemaNotUnderstood", ErrorKind.Unsupported, "The SQLite library in use cannot read the schema of '{0}': {1}",
        "The database uses features of a newer SQLite: install a newer system library, or set SAFEDB_SQLITE to the path of one. If no newer version reads it either, the schema is damaged.");

    /// <summary>The disk is full.</summary>
    public static readonly ErrorDefinition DiskFull = new(
        "Sqlite.DiskFull", ErrorKind.Storage, "There is no room left to write '{0}'.", "Free some space, or let scratch copies be made elsewhere (-Scratch).", IsTransient: true);

    /// <summary>Reading or writing failed.</summary>
    public static readonly ErrorDefinition InputOutput = new(
        "Sqlite.InputOutput", ErrorKind.Storage, "Reading or writing '{0}' failed: {1}", "Check the disk and the rights on the folder, then try again.");

    /// <summary>A statement failed.</summary>
    public static readonly ErrorDefinition Statement = new(
        "Sqlite.Statement", ErrorKind.InvalidContent, "SQLite refused the statement: {0}", "Correct the statement or the data that it meets.");

    /// <summary>A statement violates a constraint.</summary>
    public static readonly ErrorDefinition Constraint = new(
        "Sqlite.Constraint", ErrorKind.Conflict, "The statement violates a constraint: {0}", "Correct the statement, or the rows that it meets.");

    /// <summary>A statement is not SQL.</summary>
    public static readonly ErrorDefinition Syntax = new(
        "Sqlite.Syntax", ErrorKind.Syntax, "SQLite does not understand the statement: {0}", "Correct the statement at the place named.");

    /// <summary>More than one statement was given.</summary>
    public static readonly ErrorDefinition SeveralStatements = new(
        "Sqlite.SeveralStatements", ErrorKind.Bug, "More than one statement was handed over as one.", "Report it with the script: statements are to be split before they run. Nothing was run.");

    /// <summary>The scope asks for something that a file image cannot do.</summary>
    public static readonly ErrorDefinition ScopeUnsupported = new(
        "Sqlite.ScopeUnsupported", ErrorKind.Unsupported, "A SQLite backup cannot be limited in this way: {0}.", "Leave the option out, or filter by -IncludeTable and -ExcludeTable.");

    /// <summary>A filter names what is not there.</summary>
    public static readonly ErrorDefinition NothingMatches = new(
        "Sqlite.NothingMatches", ErrorKind.NotFound, "No table matches the filter {0}.", "Check the spelling: patterns take * and ?.");

    /// <summary>The archive's parts do not make a whole file.</summary>
    public static readonly ErrorDefinition ImageIncomplete = new(
        "Sqlite.ImageIncomplete", ErrorKind.Corrupt, "The archive does not hold the whole database file: {0}.", "Use another backup; check this one with Test-SafeDbBackup.");

    /// <summary>The target is used by others.</summary>
    public static readonly ErrorDefinition InUse = new(
        "Restore.InUse", ErrorKind.Locked, "The database '{0}' is open elsewhere: {1}.", "Stop the programs that use it, then start the restore again. Nothing was changed.", IsTransient: true);

    /// <summary>The target exists.</summary>
    public static readonly ErrorDefinition TargetExists = new(
        "Restore.TargetExists", ErrorKind.Conflict, "'{0}' already exists and is not empty.", "Restore to another name, or say -Overwrite: the old database is then kept under a dated name.");

    /// <summary>The target to replace does not exist.</summary>
    public static readonly ErrorDefinition FolderMissing = new(
        "Restore.FolderMissing", ErrorKind.NotFound, "The folder '{0}' does not exist.", "Create it, or name another place.");

    /// <summary>Journals of a vanished database lie where the new one would be.</summary>
    public static readonly ErrorDefinition StaleJournal = new(
        "Restore.StaleJournal", ErrorKind.Conflict, "'{0}' lies where the restored database would be. SQLite would play it into the restored file and destroy it.",
        "It belongs to a database that was moved or deleted without it. Move it away (or delete it when it is of no use), then start again.");

    /// <summary>Not enough room.</summary>
    public static readonly ErrorDefinition NoRoom = new(
        "Restore.NoRoom", ErrorKind.Storage, "'{0}' needs {1} bytes and its disk has {2} free.", "Free some space or choose another disk.", IsTransient: true);

    /// <summary>A wrong archive.</summary>
    public static readonly ErrorDefinition OtherEngine = new(
        "Sqlite.OtherEngine", ErrorKind.InvalidContent, "The archive is of {0} and cannot be restored into SQLite.", "Name a target of the archive's own engine.");

    /// <summary>The tables asked for are not in the archive.</summary>
    public static readonly ErrorDefinition TableMissing = new(
        "Sqlite.TableMissing", ErrorKind.NotFound, "No table of the archive matches '{0}'.", "List the tables of the archive with Get-SafeDbBackup.");

    /// <summary>Calls came in the wrong order.</summary>
    public static readonly ErrorDefinition WrongOrder = new(
        "Sqlite.WrongOrder", ErrorKind.Bug, "{0} was called too early or twice.", "Report it; nothing was changed.");
}
