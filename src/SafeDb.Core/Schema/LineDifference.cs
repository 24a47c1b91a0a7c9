namespace SafeDb.Schema;

/// <summary>The lines that differ between two texts: as few as a longest common subsequence leaves.</summary>
internal static class LineDifference
{
    /// <summary>Beyond this many pairs of lines all of them are shown: the table of lengths would take more memory than the shorter answer is worth.</summary>
    private const long MostPairs = 4_000_000;

    /// <summary>Lines of the first text alone with "- " before them, of the second alone with "+ ", in order.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> before, IReadOnlyList<string> after)
    {
        int start = 0;
        while (start < before.Count && start < after.Count && before[start] == after[start])
        {
            start++;
        }

        int end = 0;
        while (end < Math.Min(before.Count, after.Count) - start && before[before.Count - 1 - end] == after[after.Count - 1 - end])
        {
            end++;
        }

        string[] old = [.. before.Take(before.Count - end).Skip(start)];
        string[] current = [.. after.Take(after.Count - end).Skip(start)];
        return (long)old.Length * current.Length > MostPairs ? [.. old.Select(Gone), .. current.Select(Come)] : [.. Walk(old, current, Lengths(old, current))];
    }

    private static string Gone(string line) => "- " + line;

    private static string Come(string line) => "+ " + line;

    /// <summary>Lengths of the longest common subsequences of what is left from each pair of places.</summary>
    private static int[,] Lengths(string[] old, string[] current)
    {
        int[,] lengths = new int[old.Length + 1, current.Length + 1];
        for (int i = old.Length - 1; i >= 0; i--)
        {
            for (int j = current.Length - 1; j >= 0; j--)
            {
                lengths[i, j] = old[i] == current[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
            }
        }

        return lengths;
    }

    private static IEnumerable<string> Walk(string[] old, string[] current, int[,] lengths)
    {
        int i = 0;
        int j = 0;
        while (i < old.Length || j < current.Length)
        {
            if (i < old.Length && j < current.Length && old[i] == current[j])
            {
                i++;
                j++;
            }
            else if (j == current.Length || (i < old.Length && lengths[i + 1, j] >= lengths[i, j + 1]))
            {
                yield return Gone(old[i++]);
            }
            else
            {
                yield return Come(current[j++]);
            }
        }
    }
}
