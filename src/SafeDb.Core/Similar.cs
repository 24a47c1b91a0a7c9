namespace SafeDb;

/// <summary>Finds the name that was probably meant.</summary>
public static class Similar
{
    /// <summary>The candidate with the smallest edit distance, or "none" when there is no candidate.</summary>
    public static string To(string text, IEnumerable<string> candidates) =>
        Ranked(text, candidates, candidate => candidate).FirstOrDefault() ?? "none";

    /// <summary>The candidate that was probably meant, or null when none is near: more than a third of the letters differ.</summary>
    public static string? Near(string text, IEnumerable<string> candidates) =>
        Ranked(text, candidates, candidate => candidate).FirstOrDefault() is { } nearest && 3 * Distance(text, nearest) <= Math.Max(text.Length, 3) ? nearest : null;

    /// <summary>The candidates, the most similar first.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="candidates">What there is.</param>
    /// <param name="compared">The part of a candidate that is compared.</param>
    public static IEnumerable<string> Ranked(string text, IEnumerable<string> candidates, Func<string, string> compared) =>
        candidates.OrderBy(candidate => Distance(text, compared(candidate))).ThenBy(candidate => candidate, StringComparer.Ordinal);

    private static int Distance(string left, string right)
    {
        int[] previous = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] current = new int[right.Length + 1];
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[^1];
    }
}
