using SafeDb.Errors;

namespace SafeDb.PostgreSql;

/// <summary>Errors that a PostgreSQL server reports, or that show themselves on the way to it. Messages never hold an address with its secrets.</summary>
public static class PostgreSqlErrors
{
    /// <summary>The address is of PostgreSQL but cannot be used.</summary>
    public static readonly ErrorDefinition AddressInvalid = new(
        "PostgreSql.AddressInvalid", ErrorKind.InvalidInput, "The PostgreSQL address cannot be used: {0}",
        "Write postgresql://user@host:5432/database?sslmode=require with special characters percent-encoded, or an Npgsql connection string such as Host=…;Username=…;Database=….");

    /// <summary>The server refused the credentials.</summary>
    public static readonly ErrorDefinition AuthenticationFailed = new(
        "PostgreSql.AuthenticationFailed", ErrorKind.Unauthorized, "The server refused the sign-in: {0}",
        "Check user and password (PGPASSWORD and the pgpass file count too), and that pg_hba.conf lets this host in.");

    /// <summary>The server has no database of that name.</summary>
    public static readonly ErrorDefinition DatabaseMissing = new(
        "PostgreSql.DatabaseMissing", ErrorKind.NotFound, "The database does not exist: {0}", "Check the name of the database; names are case-sensitive.");

    /// <summary>No connection could be made.</summary>
    public static readonly ErrorDefinition Unreachable = new(
        "PostgreSql.Unreachable", ErrorKind.Connection, "The server cannot be reached: {0}", "Check host, port, firewall and sslmode, and that the server runs.", IsTransient: true);

    /// <summary>The server does not encrypt connections, and the address asks for it.</summary>
    public static readonly ErrorDefinition NoSsl = new(
        "PostgreSql.NoSsl", ErrorKind.Connection, "The server offers no SSL to this host, and the address asks for it.",
        "Switch SSL on at the server (ssl = on, with a certificate), or where the way to it is trusted change sslmode in the address to prefer or disable.");

    /// <summary>A connection that had been made was lost.</summary>
    public static readonly ErrorDefinition ConnectionLost = new(
        "PostgreSql.ConnectionLost", ErrorKind.Connection, "The connection to the server was lost: {0}",
        "See the server's log for the reason (restart, crash, pg_terminate_backend, network), then try again.", IsTransient: true);

    /// <summary>The server is starting up, shutting down or recovering.</summary>
    public static readonly ErrorDefinition ServerNotReady = new(
        "PostgreSql.ServerNotReady", ErrorKind.Connection, "The server does not accept connections now: {0}", "Wait until it has started, then try again.", IsTransient: true);

    /// <summary>No connection slot is free.</summary>
    public static readonly ErrorDefinition TooManyConnections = new(
        "PostgreSql.TooManyConnections", ErrorKind.Connection, "The server has no connection left: {0}", "Use fewer jobs, end idle sessions, or raise max_connections.", IsTransient: true);

    /// <summary>A right is missing.</summary>
    public static readonly ErrorDefinition PermissionDenied = new(
        "PostgreSql.PermissionDenied", ErrorKind.Unauthorized, "A right is missing: {0}", "Grant the right to this user, or use the owner of the object or a superuser.");

    /// <summary>Row security would hide rows.</summary>
    public static readonly ErrorDefinition RowSecurity = new(
        "PostgreSql.RowSecurity", ErrorKind.Unauthorized, "Row security would hide rows from this user: {0}", "Use a superuser or a user with BYPASSRLS, or the owner of the table where row security is not forced on owners too (ALTER TABLE ... NO FORCE ROW LEVEL SECURITY); a backup must see every row.");

    /// <summary>The server's disk is full.</summary>
    public static readonly ErrorDefinition DiskFull = new(
        "PostgreSql.DiskFull", ErrorKind.Storage, "The server has no disk space left: {0}", "Free space on the server or name another server for the copy, then try again.");

    /// <summary>The server is out of memory or of shared memory.</summary>
    public static readonly ErrorDefinition OutOfMemory = new(
        "PostgreSql.OutOfMemory", ErrorKind.Storage, "The server is out of memory: {0}", "Use fewer jobs; for shared memory raise max_locks_per_transaction and restart the server.", IsTransient: true);

    /// <summary>A lock was not to be had.</summary>
    public static readonly ErrorDefinition LockTimeout = new(
        "PostgreSql.LockTimeout", ErrorKind.Locked, "A lock is held by somebody else: {0}", "End the session that holds it (see pg_locks), or try again when it has finished.", IsTransient: true);

    /// <summary>Two transactions waited for each other.</summary>
    public static readonly ErrorDefinition Deadlock = new(
        "PostgreSql.Deadlock", ErrorKind.Locked, "The server broke a deadlock: {0}", "Try again.", IsTransient: true);

    /// <summary>The transaction could not be serialised with others, or a standby cancelled it.</summary>
    public static readonly ErrorDefinition Serialization = new(
        "PostgreSql.Serialization", ErrorKind.Locked, "The transaction collided with another one: {0}",
        "Try again. On a standby raise max_standby_streaming_delay or switch hot_standby_feedback on.", IsTransient: true);

    /// <summary>A statement was cancelled by the server.</summary>
    public static readonly ErrorDefinition StatementCancelled = new(
        "PostgreSql.StatementCancelled", ErrorKind.Timeout, "The server cancelled the statement: {0}", "Somebody cancelled it, or a timeout set on the server or role has passed. Try again.", IsTransient: true);

    /// <summary>A constraint was violated.</summary>
    public static readonly ErrorDefinition ConstraintViolated = new(
        "PostgreSql.ConstraintViolated", ErrorKind.Conflict, "A constraint is violated: {0}", "Correct the rows that it names, then try again.");

    /// <summary>A statement is not valid SQL.</summary>
    public static readonly ErrorDefinition SyntaxError = new(
        "PostgreSql.SyntaxError", ErrorKind.Syntax, "The server does not understand the statement: {0}", "Correct the statement at the place given.");

    /// <summary>A statement names an object that does not exist.</summary>
    public static readonly ErrorDefinition ObjectMissing = new(
        "PostgreSql.ObjectMissing", ErrorKind.NotFound, "An object does not exist: {0}", "Check name, schema and search_path, and that earlier migrations ran.");

    /// <summary>A statement creates an object that exists.</summary>
    public static readonly ErrorDefinition ObjectExists = new(
        "PostgreSql.ObjectExists", ErrorKind.Conflict, "An object exists already: {0}", "Drop or rename it, or take the statement out.");

    /// <summary>The server found its own data damaged.</summary>
    public static readonly ErrorDefinition DataCorrupted = new(
        "PostgreSql.DataCorrupted", ErrorKind.Corrupt, "The server found damaged data: {0}",
        "Stop changing this database, keep a copy of its files, and check it with amcheck. Earlier verified backups are the way back.");

    /// <summary>The server or transaction is read-only.</summary>
    public static readonly ErrorDefinition ReadOnly = new(
        "PostgreSql.ReadOnly", ErrorKind.Conflict, "The server or transaction is read-only: {0}", "Connect to the primary (target_session_attrs=read-write).");

    /// <summary>Any other failure of a statement.</summary>
    public static readonly ErrorDefinition StatementFailed = new(
        "PostgreSql.StatementFailed", ErrorKind.InvalidContent, "The server refused the statement: {0}", "See the message and the SQLSTATE; nothing of the statement was kept.");

    /// <summary>The server is too old.</summary>
    public static readonly ErrorDefinition ServerTooOld = new(
        "PostgreSql.ServerTooOld", ErrorKind.Unsupported, "PostgreSQL {0} is not supported.", "SafeDb supports PostgreSQL 12 and later: upgrade the server.");
}
