using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Something that a body executes.</summary>
/// <param name="Offset">Where it begins in the body.</param>
/// <param name="Statement">The statement, or null for EXECUTE of a text.</param>
/// <param name="Literal">The text of EXECUTE when it stands there whole; null when it is put together at run time.</param>
internal sealed record CodePiece(int Offset, PgStatement? Statement, string? Literal);

/// <summary>Finds the SQL in PL/pgSQL: a statement follows BEGIN, THEN, ELSE, LOOP or the semicolon before it; what begins with another word is control flow.</summary>
internal sealed class PlPgSqlPieces(string text, PgScript script, bool isSql)
{
    private static readonly string[] SqlVerbs =
        ["create", "alter", "drop", "insert", "update", "delete", "merge", "truncate", "lock", "grant", "revoke", "comment", "refresh", "reindex", "cluster", "copy", "with", "select", "set", "reset", "analyze", "call"];

    private static readonly string[] BlockWords = ["begin", "then", "else", "loop", "atomic"];
    private bool _declaring;

    /// <summary>What one piece of the body (up to a semicolon) executes.</summary>
    public IEnumerable<CodePiece> Of(Range range)
    {
        bool start = true;
        for (int i = range.Start.Value; i < range.End.Value; i++)
        {
            _declaring = Is(i, "declare") && start || _declaring && !Is(i, "begin");
            if (_declaring)
            {
                start = true;
                continue;
            }

            if (start && Executed(i, range.End.Value) is { } piece)
            {
                yield return piece;
                if (piece.Statement is not null)
                {
                    yield break;
                }
            }
            else if (!start && Is(i, "execute") && (Is(i - 1, "in") || Is(i - 1, "for") || Is(i - 1, "query")))
            {
                yield return Dynamic(i, range.End.Value);
            }

            start = IsAny(i, BlockWords);
        }
    }

    private CodePiece? Executed(int at, int last)
    {
        int offset = script.Tokens[at].Start;
        if (IsAssignment(at + 1, last))
        {
            return null;
        }

        if (Is(at, "execute") && !isSql)
        {
            return Dynamic(at, last);
        }

        if (Is(at, "perform") && !isSql)
        {
            return new CodePiece(offset, PgParser.ParseQuery(text, script.Tokens, (at + 1)..last), null);
        }

        if (!IsAny(at, SqlVerbs))
        {
            return null;
        }

        PgStatement statement = PgParser.Parse(text, script.Tokens, at..last);

        // In PL/pgSQL the target of SELECT INTO is a variable.
        return new CodePiece(offset, statement is QueryStatement { Into: not null } query && !isSql ? query with { Into = null } : statement, null);
    }

    // EXECUTE 'a' || 'b' [INTO …] [USING …]
    private CodePiece Dynamic(int at, int last)
    {
        string? literal = "";
        int i = at + 1;
        for (; i < last && !IsAny(i, ["into", "using", "loop"]); i++)
        {
            bool joined = (i - at) % 2 == 0 && text.AsSpan(script.Tokens[i].Start, script.Tokens[i].Length) is "||";
            literal = literal is null ? null : joined ? literal : (i - at) % 2 == 1 && script.Tokens[i].Kind == PgTokenKind.String ? literal + PgParser.StringOf(text, script.Tokens, i) : null;
        }

        return new CodePiece(script.Tokens[at].Start, null, i == at + 1 ? null : literal);
    }

    private bool IsAssignment(int index, int last) => index < last && text.AsSpan(script.Tokens[index].Start, script.Tokens[index].Length) is ":=" or "=" or "." or "[";

    private bool IsAny(int index, string[] words)
    {
        foreach (string word in words)
        {
            if (Is(index, word))
            {
                return true;
            }
        }

        return false;
    }

    private bool Is(int index, ReadOnlySpan<char> word) =>
        index >= 0 && index < script.Tokens.Length && script.Tokens[index].Kind == PgTokenKind.Word
        && text.AsSpan(script.Tokens[index].Start, script.Tokens[index].Length).Equals(word, StringComparison.OrdinalIgnoreCase);
}
