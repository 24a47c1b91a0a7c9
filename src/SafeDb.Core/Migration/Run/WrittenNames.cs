using System.Text.RegularExpressions;

using SafeDb.Migration.Script;

namespace SafeDb.Migration.Run;

/// <summary>
/// Tables that scripts name in statements that may write rows, by words alone. Only a guess that saves running a transaction twice: what it misses (cascades, triggers, functions) is noticed before the commit.
/// </summary>
internal static partial class WrittenNames
{
    private static readonly HashSet<string> Writing = new(StringComparer.OrdinalIgnoreCase)
    {
        "update", "delete", "insert", "merge", "truncate", "copy", "drop", "type", "cluster", "call", "do", "select", "logged", "unlogged", "tablespace",
    };

    /// <summary>Which of the tables; qualified names are looked for by their last part.</summary>
    public static IReadOnlySet<string> In(IEnumerable<ExecutableScript> scripts, IReadOnlyList<string> tables)
    {
        var words = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (ScriptStatement statement in scripts.SelectMany(script => script.Statements))
        {
            HashSet<string> own = WordsOf(statement.Sql);
            if (own.Overlaps(Writing))
            {
                words.UnionWith(own);
            }
        }

        return tables.Where(table => words.Contains(table[(table.LastIndexOf('.') + 1)..])).ToHashSet(StringComparer.Ordinal);
    }

    // Words in quotes, strings and code bodies too: a DO block names tables as well.
    private static HashSet<string> WordsOf(string sql) => new(Words().Matches(sql).Select(match => match.Value), StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"[\w$]+", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
