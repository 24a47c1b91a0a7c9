using SafeDb.Errors;

namespace SafeDb.PostgreSql.Schema;

/// <summary>Errors of reading a PostgreSQL schema.</summary>
public static class SchemaErrors
{
    /// <summary>The server is older than what SafeDb knows.</summary>
    public static readonly ErrorDefinition ServerTooOld = new(
        "PostgreSql.ServerTooOld", ErrorKind.Unsupported, "The server is PostgreSQL {0}; SafeDb reads 12 and later.", "Upgrade the server, or use the pg_dump of its own version.");
}
