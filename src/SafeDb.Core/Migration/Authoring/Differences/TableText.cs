using SafeDb.Sql;

namespace SafeDb.Migration.Authoring.Differences;

/// <summary>Takes the canonical text of a table apart, so far that the text of one column can be used again.</summary>
public static class TableText
{
    private static readonly string[] Constraints = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"];

    /// <summary>The text of each column by its name, unquoted, in order; empty when the definition has no list of columns.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Columns(string definition) =>
    [
        .. Parts(definition).Where(part => !Constraints.Contains(SqlWords.First(part, 1)[0], StringComparer.Ordinal)).Select(part => KeyValuePair.Create(Name(part), part)),
    ];

    private static string Name(string part)
    {
        if (part[0] is '"' or '`')
        {
            return part[1..(SqlWords.SkipQuoted(part, 0) - 1)].Replace("\"\"", "\"", StringComparison.Ordinal);
        }

        int end = 0;
        while (end < part.Length && !char.IsWhiteSpace(part[end]))
        {
            end++;
        }

        return part[..end];
    }

    /// <summary>What stands between the commas of the first list in parentheses.</summary>
    private static IEnumerable<string> Parts(string definition)
    {
        int depth = 0;
        int start = -1;
        for (int i = 0; i < definition.Length;)
        {
            char at = definition[i];
            int next = SqlWords.SkipQuoted(definition, i);
            depth += at == '(' ? 1 : at == ')' ? -1 : 0;
            if (at == '(' && depth == 1 && start < 0)
            {
                start = next;
            }
            else if (start >= 0 && ((at == ',' && depth == 1) || depth == 0))
            {
                if (definition[start..i].Trim() is { Length: > 0 } part)
                {
                    yield return part;
                }

                if (depth == 0)
                {
                    yield break;
                }

                start = next;
            }

            i = next;
        }
    }
}
