using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>
/// Expand and contract: a second column, filled by a trigger for new writes and in batches for old rows. The contraction belongs to a later release, when no code uses the old
/// column, and stands in comments at the end.
/// </summary>
internal static class ExpandSteps
{
    /// <summary>The steps.</summary>
    /// <param name="context">The statement's context.</param>
    /// <param name="column">The column as it is.</param>
    /// <param name="added">The second column.</param>
    /// <param name="type">The second column's type.</param>
    /// <param name="forward">What the second column is, from the first.</param>
    /// <param name="backward">What the first is, from the second; null when only the first is written until the contraction.</param>
    /// <param name="notNull">Whether the column is NOT NULL.</param>
    /// <param name="swap">Whether the second column takes the first one's name at the end.</param>
    public static string Of(RuleContext context, string column, string added, PgType type, string forward, string? backward, bool notNull, bool swap)
    {
        string table = context.Table.Key;
        string old = PgName.Quote(column);
        string second = PgName.Quote(added);
        string function = new PgName(context.Table.Name.Schema, $"{context.Table.Name.Name}_{added}_sync").Sql;
        string trigger = PgName.Quote($"{context.Table.Name.Name}_{added}_sync");
        string body = Body(old, second, OnNew(forward, old), backward);
        var script = new SaferScript()
            .Migration(
                $"{context.AlterSql} ADD COLUMN {second} {type.Sql}",
                $"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $sync$\n{body}$sync$",
                $"CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")
            .Migration(BatchLine.Of(context.Table) + $"UPDATE {table} SET {second} = {forward} WHERE {second} IS NULL AND {old} IS NOT NULL");
        if (notNull)
        {
            NotNullSteps.Add(script, context.AlterSql, context.Table.Name.Name, [added], []);
        }

        List<string> later = [$"DROP TRIGGER {trigger} ON {table}", $"DROP FUNCTION {function}()", $"{context.AlterSql} DROP COLUMN {old}"];
        if (swap)
        {
            later.Add($"{context.AlterSql} RENAME COLUMN {second} TO {old}");
        }

        return script + "\n" + string.Join('\n', later.Select(line => $"-- one release later: {line};")) + "\n-- Default, indexes and constraints of the old column: create them on the new one before (concurrently).";
    }

    private static string Body(string old, string second, string forward, string? backward)
    {
        if (backward is null)
        {
            return $"BEGIN\n  NEW.{second} := {forward};\n  RETURN NEW;\nEND\n";
        }

        return $"BEGIN\n  IF TG_OP = 'UPDATE' AND NEW.{second} IS DISTINCT FROM OLD.{second} OR NEW.{old} IS NULL THEN\n    NEW.{old} := NEW.{second};\n  ELSE\n    NEW.{second} := NEW.{old};\n  END IF;\n  RETURN NEW;\nEND\n";
    }

    // In the trigger the column is a field of NEW.
    private static string OnNew(string expression, string column)
    {
        PgScript script = PgScript.Read(expression);
        var text = new System.Text.StringBuilder();
        int at = 0;
        foreach (PgToken token in script.Tokens)
        {
            text.Append(expression, at, token.Start - at);
            ReadOnlySpan<char> span = expression.AsSpan(token.Start, token.Length);
            bool names = token.Kind is PgTokenKind.Word or PgTokenKind.QuotedName && (span.Equals(column, StringComparison.OrdinalIgnoreCase) || span.SequenceEqual($"\"{column}\""));
            text.Append(names ? "NEW." : "").Append(span);
            at = token.End;
        }

        return text.Append(expression, at, expression.Length - at).ToString();
    }
}
