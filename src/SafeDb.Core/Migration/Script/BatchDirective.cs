using System.Globalization;
using System.Text.RegularExpressions;

using SafeDb.Configuration;
using SafeDb.Sql;

namespace SafeDb.Migration.Script;

/// <summary>
/// How an UPDATE or DELETE is cut into batches, from <c>-- safedb:batch key=id size=1000 pause=100ms max-lag=10s max-active=20 max-waiting=0 check=condition</c>. With <c>:safedb_from</c> and <c>:safedb_to</c> in the statement the author
/// places the bounds; else they are added to its WHERE.
/// </summary>
/// <param name="Table">The table as the statement writes it.</param>
/// <param name="Key">The key column as written.</param>
/// <param name="Size">Rows per batch.</param>
/// <param name="Pause">Rest between two batches.</param>
/// <param name="MaxLag">Wait while a replica is further behind than this; null for no limit.</param>
public sealed partial record BatchDirective(string Table, string Key, int Size, TimeSpan Pause, TimeSpan? MaxLag)
{
    private const string From = ":safedb_from";
    private const string To = ":safedb_to";
    private static readonly string[] Options = ["key", "size", "pause", "max-lag", "max-active", "max-waiting", "check"];

    /// <summary>Wait while more other sessions than this are active; null for no limit.</summary>
    public int? MaxActive { get; init; }

    /// <summary>Wait while more other sessions than this wait for locks; null for no limit.</summary>
    public int? MaxWaiting { get; init; }

    /// <summary>With <c>check=condition</c>: the statement's own condition, which no row may meet at the end, because the backfill was to make it so. Else null.</summary>
    public string? Condition { get; init; }

    /// <summary>The query of the next upper bound after a key, or from the start.</summary>
    public string NextBoundSql(string? after) =>
        $"select max(k) from (select {Key} as k from {Table}{(after is null ? "" : $" where {Key} > {after}")} order by {Key} limit {Size.ToString(CultureInfo.InvariantCulture)}) as safedb_batch";

    /// <summary>The statement for the keys above <paramref name="after"/> (null: from the start) up to <paramref name="upTo"/>; both as literals.</summary>
    public string Bound(string sql, string? after, string upTo)
    {
        if (sql.Contains(To, StringComparison.Ordinal))
        {
            string lower = after ?? $"(select min({Key}) - 1 from {Table})";
            return sql.Replace(From, lower, StringComparison.Ordinal).Replace(To, upTo, StringComparison.Ordinal);
        }

        string range = (after is null ? "" : $"{Key} > {after} and ") + $"{Key} <= {upTo}";
        int where = BatchStatement.WhereEnd(sql);
        return where < 0 ? $"{sql.TrimEnd()} where {range}" : $"{sql[..where]} {range} and ({sql[where..].Trim()})";
    }

    /// <summary>Reads the directive before a statement; null when there is none.</summary>
    internal static BatchDirective? Read(string before, string sql, string file, int line)
    {
        Match match = Directive().Match(before);
        if (!match.Success)
        {
            return null;
        }

        Dictionary<string, string> options = match.Groups["options"].Value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)
            .Select(option => option.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase);
        Errors.SafeDbException Refuse(string why) => ScriptErrors.BatchDirective.Exception(file, line, why);
        string key = options.GetValueOrDefault("key") ?? throw Refuse("key= is missing.");
        if (!Identifier().IsMatch(key))
        {
            throw Refuse($"{key} is no column name.");
        }

        if (!int.TryParse(options.GetValueOrDefault("size", "1000"), NumberStyles.None, CultureInfo.InvariantCulture, out int size) || size < 1)
        {
            throw Refuse("size= is no number of rows.");
        }

        TimeSpan pause = TimeSpan.Zero;
        TimeSpan lag = TimeSpan.Zero;
        if (!Duration.TryParse(options.GetValueOrDefault("pause", "0s"), out pause) || !Duration.TryParse(options.GetValueOrDefault("max-lag", "0s"), out lag))
        {
            throw Refuse("pause= and max-lag= are durations such as 100ms.");
        }

        int? Limit(string name) => !options.TryGetValue(name, out string? text) ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw Refuse($"{name}= is no number of sessions.");
        string? unknown = options.Keys.FirstOrDefault(name => !Options.Contains(name, StringComparer.OrdinalIgnoreCase));
        if (unknown is not null)
        {
            throw Refuse($"{unknown}= is unknown.");
        }

        string? problem = BatchStatement.Problem(sql);
        if (problem is not null)
        {
            throw Refuse(problem);
        }

        int where = BatchStatement.WhereEnd(sql);
        bool own = sql.Contains(To, StringComparison.Ordinal);
        return new BatchDirective(BatchStatement.Table(sql), key, size, pause, lag > TimeSpan.Zero ? lag : null)
        {
            MaxActive = Limit("max-active"), MaxWaiting = Limit("max-waiting"),
            Condition = where < 0 || own || options.GetValueOrDefault("check") != "condition" ? null : sql[where..].Trim(),
        };
    }

    [GeneratedRegex(@"^[ \t]*--[ \t]*safedb:batch\b(?<options>[^\r\n]*)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.RightToLeft)]
    private static partial Regex Directive();

    [GeneratedRegex("^(?:[A-Za-z_][A-Za-z0-9_$]*|\"(?:[^\"]|\"\")+\")$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}

/// <summary>The little that batching must know of an UPDATE or DELETE.</summary>
internal static class BatchStatement
{
    private static readonly string[] Unsupported = ["RETURNING", "ORDER", "LIMIT", "USING", "FROM"];

    /// <summary>Why the statement cannot be cut into batches, or null.</summary>
    public static string? Problem(string sql)
    {
        IReadOnlyList<string> words = SqlWords.First(sql, 3);
        if (words is not ["UPDATE" or "DELETE", _, ..])
        {
            return "the statement after it is no UPDATE or DELETE.";
        }

        int skip = words[0] == "DELETE" ? 1 : 0;
        return TopLevelWords(sql).Where(word => word.Word != "FROM" || skip-- <= 0).Select(word => word.Word).FirstOrDefault(word => Unsupported.Contains(word, StringComparer.Ordinal)) is string clause
            ? $"{clause} cannot be cut into batches."
            : null;
    }

    /// <summary>The table's name as the statement writes it.</summary>
    public static string Table(string sql)
    {
        int i = SqlWords.SkipBlanks(sql, 0);
        while (true)
        {
            int end = i;
            while (end < sql.Length && !char.IsWhiteSpace(sql[end]))
            {
                end = sql[end] == '"' ? SqlWords.SkipQuoted(sql, end) : end + 1;
            }

            string word = sql[i..end];
            if (word.ToUpperInvariant() is not ("UPDATE" or "DELETE" or "FROM" or "ONLY"))
            {
                return word;
            }

            i = SqlWords.SkipBlanks(sql, end);
        }
    }

    /// <summary>The offset after the statement's own WHERE, or -1.</summary>
    public static int WhereEnd(string sql) => TopLevelWords(sql).Where(word => word.Word == "WHERE").Select(word => word.End).DefaultIfEmpty(-1).First();

    private static IEnumerable<(string Word, int End)> TopLevelWords(string sql)
    {
        int depth = 0;
        int i = 0;
        while ((i = SqlWords.SkipBlanks(sql, i)) < sql.Length)
        {
            if (char.IsLetter(sql[i]) || sql[i] == '_')
            {
                int start = i;
                while (i < sql.Length && (char.IsLetterOrDigit(sql[i]) || sql[i] is '_' or '$' or '.'))
                {
                    i++;
                }

                if (depth == 0)
                {
                    yield return (sql[start..i].ToUpperInvariant(), i);
                }

                continue;
            }

            depth += sql[i] switch { '(' => 1, ')' => -1, _ => 0 };
            i = SqlWords.SkipQuoted(sql, i);
        }
    }
}
