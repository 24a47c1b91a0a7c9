using SafeDb.Sql;

namespace SafeDb.Schema;

/// <summary>
/// Breaks a definition that stands on one line into lines: after the commas of a table's columns and constraints and of a query's columns, after statements, and before the words that begin
/// a part of a query. A grant stays whole: its parts say nothing without the role and the object. Quoted texts and bodies stay whole but for the line ends that they have.
/// </summary>
internal static class DefinitionLines
{
    private static readonly HashSet<string> Parts = new(
        ["AS", "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "INTERSECT", "EXCEPT", "JOIN", "LEFT", "RIGHT", "INNER", "CROSS", "FULL", "BEGIN", "END", "WHEN", "VALUES", "SET"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The lines, without the blanks around them.</summary>
    public static IReadOnlyList<string> Of(string definition)
    {
        var lines = new List<string>();
        int start = 0;
        foreach (int end in Breaks(definition).Append(definition.Length))
        {
            lines.AddRange(definition[start..end].Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));
            start = end;
        }

        return lines;
    }

    private static IEnumerable<int> Breaks(string definition)
    {
        bool table = IsTable(definition);
        bool privilege = SqlWords.First(definition, 1) is ["GRANT" or "REVOKE", ..];
        int depth = 0;
        for (int i = 0; i < definition.Length;)
        {
            if (IsLetter(definition[i]))
            {
                int start = i;
                while (i < definition.Length && (IsLetter(definition[i]) || char.IsDigit(definition[i])))
                {
                    i++;
                }

                if (depth == 0 && !privilege && Parts.Contains(definition[start..i]))
                {
                    yield return start;
                }

                continue;
            }

            char at = definition[i];
            int next = SqlWords.SkipQuoted(definition, i);
            depth += at == '(' ? 1 : at == ')' ? -1 : 0;
            if (table && at == ')' && depth == 0)
            {
                yield return i;
            }
            else if ((at == '(' && table && depth == 1) || (at == ',' && !privilege && depth <= (table ? 1 : 0)) || (at == ';' && depth <= 0))
            {
                yield return next;
            }

            i = next;
        }
    }

    private static bool IsTable(string definition) => SqlWords.First(definition, 4).Contains("TABLE", StringComparer.Ordinal);

    private static bool IsLetter(char at) => char.IsLetter(at) || at == '_';
}
