namespace SafeDb.Schema;

/// <summary>What differs between two definitions of one object, in lines that people can read.</summary>
internal static class DefinitionDifference
{
    /// <summary>A line that nobody reads to its end, and in which a difference is not found by eye.</summary>
    private const int LongLine = 160;

    /// <summary>The lines that differ, those of the first with "- " before them, those of the second with "+ ".</summary>
    public static string Of(string before, string after)
    {
        string[] old = before.Split('\n');
        string[] current = after.Split('\n');
        IReadOnlyList<string> lines = [];
        if (IsLong(old) || IsLong(current))
        {
            lines = WithoutCommas(DefinitionLines.Of(before), DefinitionLines.Of(after));
        }

        // Blanks and a comma may be all that differs in the body of a function.
        lines = lines.Count > 0 ? lines : WithoutCommas(old, current);
        return string.Join('\n', LongLines.Cut(lines.Count > 0 ? lines : LineDifference.Of(old, current), LongLine));
    }

    // SQLite's definitions are one line.
    private static bool IsLong(string[] lines) => lines.Length == 1 || lines.Any(line => line.Length > LongLine);

    // A column that is added last puts a comma behind the one before it, which is no difference of that one.
    private static IReadOnlyList<string> WithoutCommas(IEnumerable<string> old, IEnumerable<string> current) =>
        LineDifference.Of([.. old.Select(line => line.TrimEnd(','))], [.. current.Select(line => line.TrimEnd(','))]);
}
