using SafeDb.Errors;

namespace SafeDb.Stores;

/// <summary>Errors that every kind of store has. Messages never repeat a destination as it was written: it may hold a token.</summary>
public static class StoreErrors
{
    /// <summary>No store understood the text.</summary>
    public static readonly ErrorDefinition DestinationNotUnderstood = new(
        "Store.DestinationNotUnderstood", ErrorKind.InvalidInput, "The destination or archive location is in no form that SafeDb knows.",
        "Give a folder, https://account.blob.core.windows.net/container/prefix, or a destination's name from safedb.json.");

    /// <summary>The file is not there.</summary>
    public static readonly ErrorDefinition NotFound = new(
        "Store.NotFound", ErrorKind.NotFound, "{0} does not exist.", "List what is there with Get-SafeDbBackup, and check the name.");

    /// <summary>The file is there already.</summary>
    public static readonly ErrorDefinition AlreadyExists = new(
        "Store.AlreadyExists", ErrorKind.Conflict, "{0} exists already, or was changed in the meantime; nothing is ever overwritten.", "Run again: every backup gets a name of its own.");

    /// <summary>Another file has the name of a copy.</summary>
    public static readonly ErrorDefinition OtherFile = new(
        "Store.OtherFile", ErrorKind.Conflict, "{0} exists in {1} already and is another file; nothing is ever overwritten.",
        "Look at both with Test-SafeDbBackup, and copy to another destination or move the other file away.");

    /// <summary>A store that cannot protect.</summary>
    public static readonly ErrorDefinition ProtectionUnsupported = new(
        "Store.ProtectionUnsupported", ErrorKind.Unsupported, "This destination cannot protect archives by an immutability policy or legal hold.",
        "Take protection out of the destination in safedb.json, or use a blob container with version-level immutability.");

    /// <summary>A store without tiers.</summary>
    public static readonly ErrorDefinition TierUnsupported = new(
        "Store.TierUnsupported", ErrorKind.Unsupported, "{0} has no access tiers.", "Take tierAfter out of the destination in safedb.json.");

    /// <summary>The file is shorter than it says.</summary>
    public static readonly ErrorDefinition Truncated = new(
        "Store.Truncated", ErrorKind.Corrupt, "{0} ends too early.", "The file is damaged or was cut off; use another backup.");
}
