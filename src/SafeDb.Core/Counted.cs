using System.Globalization;

namespace SafeDb;

/// <summary>Counts in texts that people read: one row, two rows.</summary>
public static class Counted
{
    /// <summary>The count with its noun.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">The noun for one of them.</param>
    /// <param name="many">The noun for any other count; by default with an s.</param>
    public static string Of(long count, string one, string? many = null) => string.Create(CultureInfo.InvariantCulture, $"{count} {Noun(count, one, many)}");

    /// <summary>The noun alone, or another word that goes by the count, such as was and were.</summary>
    public static string Noun(long count, string one, string? many = null) => count == 1 ? one : many ?? one + "s";
}
