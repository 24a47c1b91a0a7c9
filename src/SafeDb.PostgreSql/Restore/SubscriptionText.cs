using System.Text.RegularExpressions;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// Definitions of subscriptions as a restore runs them: disabled and without their replication slot. Two databases must never draw on one slot, a scratch copy's removal must never reach
/// out to drop the slot of the real one, and PostgreSQL drops no database whose subscription has a slot.
/// </summary>
internal static partial class SubscriptionText
{
    /// <summary>The kind of schema object.</summary>
    public const string Kind = "subscription";

    /// <summary>The definition with its slot taken out.</summary>
    public static string WithoutSlot(string definition) => Slot().Replace(definition, "${head}NONE", 1);

    /// <summary>The slot that a definition names, or null.</summary>
    public static string? SlotOf(string definition) => Slot().Match(definition) is { Success: true } match ? match.Groups["slot"].Value : null;

    // The last one: the connection string before it is text of the user's. Names of slots are letters, digits and underscores.
    [GeneratedRegex(@"(?<head>WITH \(connect = false, slot_name = )'(?<slot>[^']*)'", RegexOptions.RightToLeft | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Slot();
}
