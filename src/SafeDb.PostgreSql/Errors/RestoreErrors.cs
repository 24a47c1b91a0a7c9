using SafeDb.Errors;

namespace SafeDb.PostgreSql;

/// <summary>Errors of restoring into a PostgreSQL server.</summary>
public static class PostgreSqlRestoreErrors
{
    /// <summary>The archive is of another engine.</summary>
    public static readonly ErrorDefinition OtherEngine = new(
        "PostgreSql.OtherEngine", ErrorKind.InvalidContent, "The archive holds a {0} database, not a PostgreSQL one.", "Restore it to an address of the same engine.");

    /// <summary>The server is older than the one that was backed up.</summary>
    public static readonly ErrorDefinition ServerOlder = new(
        "PostgreSql.ServerOlder", ErrorKind.Unsupported, "The archive was made from PostgreSQL {0}, the target is {1}.", "Restore to a server of the same or a later major version.");

    /// <summary>The target must be empty and is not.</summary>
    public static readonly ErrorDefinition TargetNotEmpty = new(
        "PostgreSql.TargetNotEmpty", ErrorKind.Conflict, "The database {0} exists and is not empty: it holds {1}.",
        "Name a new database, or say -Overwrite to replace it by a swap (the old one is kept under a dated name).");

    /// <summary>The target must exist and does not.</summary>
    public static readonly ErrorDefinition TargetMissing = new(
        "PostgreSql.TargetMissing", ErrorKind.NotFound, "There is no database {0} to replace.", "Leave -Overwrite out to restore into a new database.");

    /// <summary>The target cannot be replaced.</summary>
    public static readonly ErrorDefinition TargetProtected = new(
        "PostgreSql.TargetProtected", ErrorKind.Conflict, "The database {0} cannot be replaced: {1}.", "Restore under another name.");

    /// <summary>The target is under maintenance, which the user cannot keep.</summary>
    public static readonly ErrorDefinition MaintenanceLost = new(
        "PostgreSql.MaintenanceLost", ErrorKind.Unauthorized, "The database {0} is under maintenance, and the user {1} may not put the restored one under it, so that the swap would open it.",
        "End the maintenance first (Set-SafeDbMaintenance -State Off), use a superuser, or from PostgreSQL 15 on let one GRANT SET ON PARAMETER safedb.maintenance.");

    /// <summary>The user may not create databases.</summary>
    public static readonly ErrorDefinition NoCreateDatabase = new(
        "PostgreSql.NoCreateDatabase", ErrorKind.Unauthorized, "The user {0} may not create databases on this server.",
        "ALTER ROLE … CREATEDB. A drill or rehearsal can also use another server (-Scratch), a restore a database on another server as its target.");

    /// <summary>The user does not own the database to be replaced.</summary>
    public static readonly ErrorDefinition NotOwner = new(
        "PostgreSql.NotOwner", ErrorKind.Unauthorized, "The user {0} does not own the database {1} and cannot rename it.", "Use its owner (with CREATEDB) or a superuser.");

    /// <summary>Roles that objects refer to are missing.</summary>
    public static readonly ErrorDefinition RolesMissing = new(
        "PostgreSql.RolesMissing", ErrorKind.NotFound, "Roles that the archive refers to do not exist on the target: {0}.",
        "Create them (pg_dumpall --globals-only gives the statements), or say both -NoOwner and -NoPrivileges: policies and user mappings of missing roles alone are then left out, those that name others too are refused.");

    /// <summary>Extensions are not installed on the server.</summary>
    public static readonly ErrorDefinition ExtensionMissing = new(
        "PostgreSql.ExtensionMissing", ErrorKind.NotFound, "The target server cannot create extensions that the archive needs: {0}.",
        "Install the packages of these extensions on the server.");

    /// <summary>Tablespaces are missing.</summary>
    public static readonly ErrorDefinition TablespaceMissing = new(
        "PostgreSql.TablespaceMissing", ErrorKind.NotFound, "Tablespaces that the archive refers to do not exist on the target: {0}.",
        "Create them with CREATE TABLESPACE name LOCATION '…' on the target (any folder of the server's will do; as pg_dumpall --tablespaces-only writes them for the source), and let the user who restores create in them (GRANT CREATE ON TABLESPACE).");

    /// <summary>There is not enough room.</summary>
    public static readonly ErrorDefinition NoRoom = new(
        "PostgreSql.NoRoom", ErrorKind.Storage, "The server's data directory has {0} free bytes, and the restore needs about {1}.", "Free space, or name another server.");

    /// <summary>An object could not be created.</summary>
    public static readonly ErrorDefinition ObjectFailed = new(
        "PostgreSql.RestoreObjectFailed", ErrorKind.RolledBack, "The restore could not create {0}: {1}",
        "The copy was removed and the target is as it was. Correct the reason in the message, then try again.");

    /// <summary>Something that belongs to the database itself could not be set.</summary>
    public static readonly ErrorDefinition SettingFailed = new(
        "PostgreSql.RestoreSettingFailed", ErrorKind.RolledBack, "What belongs to the database itself cannot be set by this user ({0}): {1}",
        "The copy was removed and the target is as it was. Use a superuser, or leave out what he alone may say: -NoOwner, -NoPrivileges. Settings that he alone may make are left out without being asked, with a warning.");

    /// <summary>Rows could not be loaded.</summary>
    public static readonly ErrorDefinition RowsFailed = new(
        "PostgreSql.RestoreRowsFailed", ErrorKind.RolledBack, "The restore could not load rows of {0}: {1}",
        "The copy was removed and the target is as it was. Correct the reason in the message, then try again.");

    /// <summary>A part belongs to a table that the manifest does not have.</summary>
    public static readonly ErrorDefinition UnknownTarget = new(
        "PostgreSql.RestoreUnknownTable", ErrorKind.Corrupt, "The archive has a part of a table that it does not describe: {0}.", "The archive is damaged or of a later version; use another one.");

    /// <summary>Sessions could not be ended.</summary>
    public static readonly ErrorDefinition SessionsRemain = new(
        "PostgreSql.SessionsRemain", ErrorKind.Locked, "{0} cannot be replaced while sessions are in it that this user cannot end: {1}",
        "Stop the applications that use it (prepared transactions count too), or use a user who may end them (a member of pg_signal_backend; those of superusers only a superuser), then try again.", IsTransient: true);

    /// <summary>It is not known whether the swap was made.</summary>
    public static readonly ErrorDefinition SwapUnknown = new(
        "PostgreSql.SwapUnknown", ErrorKind.NeedsPerson, "The connection broke during the swap of {0}, and the server cannot be asked whether it was made.",
        "When the server is back: if a database named {0}_before_… exists, the swap was made, else it was not. Both states are consistent.");
}
