using SafeDb.Errors;

namespace SafeDb.Stores;

/// <summary>Errors of naming a destination.</summary>
public static class DestinationErrors
{
    /// <summary>No store understood the text. The message never repeats it: it may hold a token.</summary>
    public static readonly ErrorDefinition DestinationNotUnderstood = new(
        "Store.DestinationNotUnderstood", ErrorKind.InvalidInput, "The destination or archive location is in no form that SafeDb knows.",
        "Give a folder, https://account.blob.core.windows.net/container/prefix, or a destination's name from safedb.json.");
}
