using SafeDb.Sql;

namespace SafeDb.Risk.Suppression;

/// <summary>A comment that speaks to SafeDb: <c>-- safedb:name argument</c>.</summary>
/// <param name="Name">What stands after <c>safedb:</c>, in lower case, such as <c>allow</c>.</param>
/// <param name="Argument">The rest, trimmed.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Statement">Number of the statement it belongs to: the one it stands before, in, or behind on the same line; null when it stands after the last one.</param>
public sealed record RiskDirective(string Name, string Argument, SqlLocation Location, int? Statement)
{
    private const string Prefix = "safedb:";

    /// <summary>The directives of a script in order.</summary>
    public static IReadOnlyList<RiskDirective> Read(IRiskDialect dialect, SourceText source, FileRisk risk)
    {
        if (!source.Text.Contains(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        var directives = new List<RiskDirective>();
        foreach (SqlComment comment in dialect.Comments(source))
        {
            string text = source.Text.Substring(comment.TextStart, comment.TextLength).Trim();
            if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            ReadOnlySpan<char> rest = text.AsSpan(Prefix.Length);
            int end = 0;
            while (end < rest.Length && (char.IsAsciiLetterOrDigit(rest[end]) || rest[end] == '-'))
            {
                end++;
            }

            SqlLocation location = source.Locate(comment.Start, comment.Length);
            directives.Add(new(rest[..end].ToString().ToLowerInvariant(), rest[end..].Trim().ToString(), location, StatementOf(risk, location)));
        }

        return directives;
    }

    private static int? StatementOf(FileRisk risk, SqlLocation comment)
    {
        int? behind = null;
        foreach (StatementRisk statement in risk.Statements)
        {
            SqlLocation place = statement.Location;
            bool over = place.EndLine < comment.Line || (place.EndLine == comment.Line && place.EndColumn <= comment.Column);
            if (!over)
            {
                // It stands before or in this statement, unless it stands behind another one on that one's last line.
                return behind ?? statement.Index;
            }

            behind = place.EndLine == comment.Line ? statement.Index : null;
        }

        return behind;
    }
}
