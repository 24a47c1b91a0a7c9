using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Impact;

/// <summary>Whether a CHECK of a table already says what the bound of its partition will say. Recognises the forms that people write for it; in doubt the scan is expected.</summary>
internal static class PartitionProof
{
    /// <summary>Whether the server can skip reading the partition.</summary>
    public static bool Proves(PgTable partition, PgTable parent, AttachPartition attach)
    {
        if (parent.PartitionColumns is not [var column] || attach.IsDefault || !IsNotNull(partition, column))
        {
            return false;
        }

        string bound = Squeeze(attach.Bound);
        string[] needed = Conditions(column, bound);
        return needed.Length > 0 && needed.All(condition => partition.Constraints.Any(constraint => constraint is { Valid: true, Definition.Check: { } check } && Has(check.Text, condition)));
    }

    /// <summary>The conditions of a bound on one column, as they are compared.</summary>
    public static string[] ConditionsOf(string column, string bound) => Conditions(column, Squeeze(bound));

    private static bool IsNotNull(PgTable partition, string column) =>
        partition.Column(column)?.NotNull == true || partition.Constraints.Exists(constraint => constraint.Valid && NotNullProof.Proves(constraint.Definition, column));

    private static string[] Conditions(string column, string bound)
    {
        if (bound.StartsWith("forvaluesfrom(", StringComparison.Ordinal))
        {
            int to = bound.IndexOf(")to(", StringComparison.Ordinal);
            return to < 0 ? [] : [$"{column}>={bound["forvaluesfrom(".Length..to]}", $"{column}<{bound[(to + 4)..].TrimEnd(')')}"];
        }

        return bound.StartsWith("forvaluesin(", StringComparison.Ordinal) ? [$"{column}in({bound["forvaluesin(".Length..^1]})"] : [];
    }

    // "id<1000" must not be found in "id<10000", so the text is cut at its ANDs; with an OR nothing is proved.
    private static bool Has(string check, string condition)
    {
        PgScript script = PgScript.Read(check);
        var part = new System.Text.StringBuilder();
        bool found = false;
        foreach (PgToken token in script.Tokens)
        {
            ReadOnlySpan<char> span = check.AsSpan(token.Start, token.Length);
            if (span.Equals("or", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            if (span.Equals("and", StringComparison.OrdinalIgnoreCase))
            {
                found |= Bare(part) == condition;
                part.Clear();
            }
            else
            {
                part.Append(span);
            }
        }

        return found || Bare(part) == condition;
    }

    private static string Bare(System.Text.StringBuilder part)
    {
        string text = Squeeze(part.ToString());
        while (text.StartsWith('('))
        {
            text = text[1..];
        }

        int extra = text.Count(c => c == ')') - text.Count(c => c == '(');
        return extra > 0 ? text[..^extra] : text;
    }

    private static string Squeeze(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c != '"')).ToLowerInvariant()
        .Replace("::date", "", StringComparison.Ordinal).Replace("::text", "", StringComparison.Ordinal).Replace("::timestampwithouttimezone", "", StringComparison.Ordinal);
}
