namespace SafeDb.Schema;

/// <summary>Long lines of a difference, cut to the neighbourhood of what differs between a line and the one that took its place.</summary>
internal static class LongLines
{
    /// <summary>How much of what both have is shown before and behind what differs.</summary>
    private const int Around = 40;
    private const int Sign = 2;

    /// <summary>The lines of a difference ("- " and "+ "). A line is one of a pair where as many lines came as went in its place.</summary>
    public static IReadOnlyList<string> Cut(IReadOnlyList<string> lines, int longest)
    {
        string[] all = [.. lines];
        for (int start = 0; start < all.Length;)
        {
            int middle = EndOf(all, start, '-');
            int end = EndOf(all, middle, '+');
            for (int i = start; middle - start == end - middle && i < middle; i++)
            {
                ref string gone = ref all[i];
                ref string come = ref all[i + (middle - start)];
                if (Math.Max(gone.Length, come.Length) > longest + Sign)
                {
                    (gone, come) = Pair(gone, come);
                }
            }

            start = end;
        }

        return all;
    }

    private static int EndOf(string[] lines, int from, char sign)
    {
        while (from < lines.Length && lines[from][0] == sign)
        {
            from++;
        }

        return from;
    }

    private static (string Gone, string Come) Pair(string gone, string come)
    {
        int shorter = Math.Min(gone.Length, come.Length);
        int start = Sign;
        while (start < shorter && gone[start] == come[start])
        {
            start++;
        }

        int behind = 0;
        while (behind < shorter - start && gone[gone.Length - 1 - behind] == come[come.Length - 1 - behind])
        {
            behind++;
        }

        return (Near(gone, start, behind), Near(come, start, behind));
    }

    private static string Near(string line, int start, int behind)
    {
        int from = Math.Max(Sign, start - Around);
        int to = line.Length - Math.Max(0, behind - Around);

        // Half a character of two units would be none.
        from -= char.IsLowSurrogate(line[Math.Min(from, line.Length - 1)]) && from > Sign ? 1 : 0;
        to += to < line.Length && char.IsLowSurrogate(line[to]) ? 1 : 0;
        return $"{line[..Sign]}{(from > Sign ? "…" : "")}{line[from..to]}{(to < line.Length ? "…" : "")}";
    }
}
