using System.Security.Cryptography;
using System.Text;

namespace SafeDb.Risk;

/// <summary>Stable identities of findings.</summary>
internal static class RiskFingerprint
{
    // Names that say nothing: their folder is what tells migrations apart.
    private static readonly string[] GenericNames = ["migration.sql", "up.sql", "down.sql"];

    /// <summary>Fills the fingerprints of a file's findings. The n-th equal finding of a file gets its own identity.</summary>
    public static FileRisk Fill(FileRisk file)
    {
        string key = FileKey(file.Path);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        List<RiskFinding> own = [.. file.Findings.Select(finding => Identify(finding, key, "", seen))];
        List<StatementRisk> statements = [.. file.Statements.Select(statement => statement.Findings.Count == 0
            ? statement
            : FillStatement(statement, key, seen))];
        return file with { Findings = own, Statements = statements };
    }

    private static StatementRisk FillStatement(StatementRisk statement, string key, Dictionary<string, int> seen)
    {
        string normal = Normalise(statement.Sql);
        return statement with { Findings = [.. statement.Findings.Select(finding => Identify(finding, key, normal, seen))] };
    }

    private static RiskFinding Identify(RiskFinding finding, string file, string sql, Dictionary<string, int> seen)
    {
        string content = $"{finding.Rule}\n{file}\n{finding.Relation}\n{sql}";
        int number = seen[content] = seen.GetValueOrDefault(content) + 1;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(number == 1 ? content : $"{content}\n{number}"));
        return finding with { Fingerprint = Convert.ToHexString(hash, 0, 16).ToLowerInvariant() };
    }

    private static string FileKey(string path)
    {
        string[] parts = path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            return "";
        }

        string name = parts[^1];
        return parts.Length > 1 && GenericNames.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"{parts[^2]}/{name}" : name;
    }

    /// <summary>The statement without comments and with single blanks, so that only its meaning counts. Quoted text stays as it is.</summary>
    internal static string Normalise(string sql)
    {
        var text = new StringBuilder(sql.Length);
        for (int i = 0; i < sql.Length;)
        {
            int end = TriviaEnd(sql, i);
            if (end > i)
            {
                if (text.Length > 0 && text[^1] != ' ')
                {
                    text.Append(' ');
                }

                i = end;
                continue;
            }

            end = sql[i] is '\'' or '"' or '`' ? QuoteEnd(sql, i) : i + 1;
            text.Append(sql, i, end - i);
            i = end;
        }

        return text.ToString().Trim();
    }

    private static int TriviaEnd(string sql, int start)
    {
        if (char.IsWhiteSpace(sql[start]))
        {
            return start + 1;
        }

        if (string.CompareOrdinal(sql, start, "--", 0, 2) == 0)
        {
            int line = sql.IndexOf('\n', start);
            return line < 0 ? sql.Length : line;
        }

        if (string.CompareOrdinal(sql, start, "/*", 0, 2) == 0)
        {
            int close = sql.IndexOf("*/", start + 2, StringComparison.Ordinal);
            return close < 0 ? sql.Length : close + 2;
        }

        return start;
    }

    private static int QuoteEnd(string sql, int start)
    {
        int close = sql.IndexOf(sql[start], start + 1);
        return close < 0 ? sql.Length : close + 1;
    }
}
