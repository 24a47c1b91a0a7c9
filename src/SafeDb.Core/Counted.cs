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

    /// <summary>The first of some names, and how many more there are: one, two and 3 more tables.</summary>
    /// <param name="names">The names.</param>
    /// <param name="shown">How many are shown: more help nobody.</param>
    /// <param name="one">The noun for one of those that are not.</param>
    /// <param name="many">The noun for any other count of them; by default with an s.</param>
    public static string First(IReadOnlyCollection<string> names, int shown, string one, string? many = null)
    {
        string first = string.Join(", ", names.Take(shown));
        return names.Count <= shown ? first : $"{first} and {Of(names.Count - shown, "more " + one, "more " + (many ?? one + "s"))}";
    }

    /// <summary>The noun alone, or another word that goes by the count, such as was and were.</summary>
    public static string Noun(long count, string one, string? many = null) => count == 1 ? one : many ?? one + "s";
}
