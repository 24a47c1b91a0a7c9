using SafeDb.Errors;

namespace SafeDb.Migration.Formats;

/// <summary>Errors of migration folders.</summary>
public static class FormatErrors
{
    /// <summary>The folder does not exist.</summary>
    public static readonly ErrorDefinition FolderNotFound = new(
        "Migration.FolderNotFound", ErrorKind.NotFound, "The migration folder {0} does not exist.", "Check -Path, or the database's migrations entry in safedb.json.");

    /// <summary>A name after -Format that nothing has.</summary>
    public static readonly ErrorDefinition FormatUnknown = new(
        "Migration.FormatUnknown", ErrorKind.InvalidInput, "There is no migration format named {0}.", "Use one of: {1}.");

    /// <summary>No format fits the folder.</summary>
    public static readonly ErrorDefinition FormatNotRecognised = new(
        "Migration.FormatNotRecognised", ErrorKind.InvalidContent, "{0} holds no migrations in a layout that SafeDb knows.",
        "Check the folder, or say -Format. Plain SQL is 001_name.up.sql with 001_name.down.sql, or 001_name/up.sql with down.sql.");

    /// <summary>Several formats fit the folder.</summary>
    public static readonly ErrorDefinition FormatAmbiguous = new(
        "Migration.FormatAmbiguous", ErrorKind.InvalidContent, "{0} may be of several formats: {1}. They would run different files or in another order.",
        "Say which one with -Format, or with format in safedb.json.");

    /// <summary>The folder is not of the format that was asked for.</summary>
    public static readonly ErrorDefinition FormatMismatch = new(
        "Migration.FormatMismatch", ErrorKind.InvalidContent, "{0} is not a folder of the format {1}: {2}", "Check -Format and -Path.");

    /// <summary>A file cannot be read.</summary>
    public static readonly ErrorDefinition Unreadable = new(
        "Migration.Unreadable", ErrorKind.Storage, "{0} cannot be read: {1}", "Check the file and the rights on it.");

    /// <summary>A file is not UTF-8 text.</summary>
    public static readonly ErrorDefinition NotUtf8 = new(
        "Migration.NotUtf8", ErrorKind.InvalidInput, "{0} is not UTF-8 text.", "Save it as UTF-8. Other encodings would change characters silently.");

    /// <summary>A file with nothing to run.</summary>
    public static readonly ErrorDefinition Empty = new(
        "Migration.Empty", ErrorKind.InvalidContent, "{0} holds no statement.", "Write the migration, or remove the file.");

    /// <summary>A number is missing from the sequence.</summary>
    public static readonly ErrorDefinition Gap = new(
        "Migration.Gap", ErrorKind.InvalidContent, "Between {0} and {1} a migration is missing.", "Restore the missing file from version control, or give the later files their right numbers.");

    /// <summary>Two files with one number.</summary>
    public static readonly ErrorDefinition Duplicate = new(
        "Migration.Duplicate", ErrorKind.Conflict, "{0} and {1} are both migration {2}.", "Give one of them another number.");

    /// <summary>A way back without its way there.</summary>
    public static readonly ErrorDefinition UpMissing = new(
        "Migration.UpMissing", ErrorKind.InvalidContent, "{0} has no up script.", "Add the up script, or remove the file.");

    /// <summary>A directory without its file.</summary>
    public static readonly ErrorDefinition FileMissing = new(
        "Migration.FileMissing", ErrorKind.InvalidContent, "The directory {0} holds no migration.sql; Prisma Migrate would stop there with P3015.", "Restore the file from version control, or remove the directory.");

    /// <summary>A file whose place in the order is not known.</summary>
    public static readonly ErrorDefinition FileNotUnderstood = new(
        "Migration.FileNotUnderstood", ErrorKind.InvalidContent, "{0} is no migration by the rules of {1}: {2}", "Rename it, or move it out of the migration folder.");

    /// <summary>A section marker is missing or repeated.</summary>
    public static readonly ErrorDefinition Markers = new(
        "Migration.Markers", ErrorKind.Syntax, "{0}: {1}", "Write one up marker, then its statements, then at most one down marker.");

    /// <summary>Files that node-pg-migrate would run forwards.</summary>
    public static readonly ErrorDefinition DownRunsAsUp = new(
        "Migration.DownRunsAsUp", ErrorKind.InvalidContent, "node-pg-migrate's default loader would run {0} as an up migration.",
        "Use one file with '-- Up Migration' and '-- Down Migration', or say -Format plain if node-pg-migrate never runs this folder.");

    /// <summary>Migrations that are programs.</summary>
    public static readonly ErrorDefinition Program = new(
        "Migration.Program", ErrorKind.Unsupported, "{0} is a program, not SQL: SafeDb cannot see what it would do.",
        "Back up with Backup-SafeDb, prove it with Test-SafeDbBackup, then run the folder by its own tool; Restore-SafeDb is the way back.");

    /// <summary>Prisma 8's contract migrations.</summary>
    public static readonly ErrorDefinition PrismaContract = new(
        "Migration.PrismaContract", ErrorKind.Unsupported, "{0} holds Prisma contract migrations (migration.json with ops.json), which are no SQL files.",
        "Keep SQL migrations for this database; or back up with Backup-SafeDb, prove it with Test-SafeDbBackup, then run the folder by its own tool; Restore-SafeDb is the way back.");

    /// <summary>The lock file names another engine.</summary>
    public static readonly ErrorDefinition ProviderMismatch = new(
        "Migration.ProviderMismatch", ErrorKind.InvalidContent, "migration_lock.toml says provider {0}, and the database is {1} (Prisma's P3019).", "Use the migrations of this engine, or correct the address.");

    /// <summary>Text that the tool would replace before it runs.</summary>
    public static readonly ErrorDefinition Placeholder = new(
        "Migration.Placeholder", ErrorKind.Unsupported, "{0} uses the placeholder {1}, which Flyway would replace before running; its value is not known here.",
        "Write the value into the script; or back up with Backup-SafeDb, prove it with Test-SafeDbBackup, then run the folder by its own tool; Restore-SafeDb is the way back.");
}
