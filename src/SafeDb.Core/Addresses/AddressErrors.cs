using SafeDb.Errors;

namespace SafeDb.Addresses;

/// <summary>Errors of database addresses. Messages never repeat the text: it may hold a password.</summary>
public static class AddressErrors
{
    /// <summary>No provider understood the text.</summary>
    public static readonly ErrorDefinition NotUnderstood = new(
        "Address.NotUnderstood", ErrorKind.InvalidInput, "The database address is in no form that SafeDb knows.",
        "Write sqlite:./file.db, postgresql://user@host/db, sqlserver://host/db, an ADO.NET connection string, or a name from safedb.json.");

    /// <summary>The engine is not part of this build.</summary>
    public static readonly ErrorDefinition EngineMissing = new(
        "Address.EngineMissing", ErrorKind.Unsupported, "This build of SafeDb has no provider for {0}.", "Use a build that includes it.");

    /// <summary>No address was given and none is configured.</summary>
    public static readonly ErrorDefinition Missing = new(
        "Address.Missing", ErrorKind.InvalidInput, "No database was named.",
        "Give -Database, set DATABASE_URL, or name a default database in safedb.json.");
}
