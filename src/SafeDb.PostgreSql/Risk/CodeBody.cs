using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>What was read from the body of a DO block.</summary>
/// <param name="Statements">Its plain statements, in order.</param>
/// <param name="Effects">Their effects.</param>
/// <param name="Reason">Why part of it could not be read, or null.</param>
internal sealed record BodyReading(IReadOnlyList<PgStatement> Statements, IReadOnlyList<StatementEffect> Effects, string? Reason)
{
    /// <summary>Whether a statement changes rows.</summary>
    public bool ChangesData => Statements.Any(StatementEffects.ChangesData);

    /// <summary>Whether a statement changes the schema.</summary>
    public bool ChangesSchema => Statements.Any(StatementEffects.ChangesSchema);
}

/// <summary>Reads the plain SQL statements of a PL/pgSQL block: whatever branch they stand in, they may run. EXECUTE of a text that is put together cannot be read.</summary>
internal static class CodeBody
{
    private static readonly string[] SqlVerbs = ["create", "alter", "drop", "insert", "update", "delete", "merge", "truncate", "lock", "grant", "revoke", "comment", "refresh", "reindex", "cluster", "copy", "with"];
    private static readonly string[] BlockWords = ["begin", "then", "else", "loop", "declare"];

    /// <summary>Reads a body; its locks, findings and effects are added to those of the statement.</summary>
    public static BodyReading Read(CodeStatement code, AnalysisState state, StatementImpact impact, List<RiskFinding> findings)
    {
        if (code.Kind != "Do" || code.Body is null)
        {
            return new BodyReading([], [], code.Kind == "Call" ? "the body of a procedure is not part of the script" : "what it executes is not part of the script");
        }

        if (code.Language is not ("plpgsql" or "sql"))
        {
            return new BodyReading([], [], $"a DO block in {code.Language} cannot be read");
        }

        PgScript script = PgScript.Read(code.Body);
        var statements = new List<PgStatement>();
        var effects = new List<StatementEffect>();
        string? reason = null;
        for (int i = 0; i < script.Pieces.Count; i++)
        {
            Range range = script.Ranges[i];
            reason ??= script.Pieces[i].Kind == ScriptPieceKind.Broken ? "a quote in the DO block is not closed" : DynamicSql(code.Body, script, range);
            PgStatement? statement = Statement(code.Body, script.Tokens, range);
            if (statement is UnknownStatement unknown)
            {
                reason ??= unknown.Reason;
            }
            else if (statement is not null)
            {
                statements.Add(statement);
                Judge(statement, code.Body, state, impact, findings, effects);
            }
        }

        return new BodyReading(statements, effects, reason);
    }

    private static void Judge(PgStatement statement, string body, AnalysisState state, StatementImpact impact, List<RiskFinding> findings, List<StatementEffect> effects)
    {
        StatementImpact inner = ImpactAnalyzer.Analyse(statement, state);
        foreach ((string relation, PgLock mode, bool isLong) in inner.Locks)
        {
            impact.Lock(relation, mode, isLong);
        }

        impact.Rewrites.UnionWith(inner.Rewrites);
        impact.Scans.UnionWith(inner.Scans);
        impact.IndexRebuilds.UnionWith(inner.IndexRebuilds);
        impact.DataLoss = inner.DataLoss > impact.DataLoss ? inner.DataLoss : impact.DataLoss;
        var context = new RuleContext(statement, body, inner, state);
        foreach (PgRule rule in PgRules.All)
        {
            rule.Check(context);
        }

        findings.AddRange(context.Findings);
        effects.AddRange(StatementEffects.Of(statement, state, inner));
    }

    private static string? DynamicSql(string text, PgScript script, Range range)
    {
        for (int i = range.Start.Value; i < range.End.Value; i++)
        {
            bool execute = Is(text, script.Tokens[i], "execute") && !(i + 1 < range.End.Value && (Is(text, script.Tokens[i + 1], "function") || Is(text, script.Tokens[i + 1], "procedure") || Is(text, script.Tokens[i + 1], "on")));
            bool call = Is(text, script.Tokens[i], "perform") && i + 1 < range.End.Value && !PlainCall(text, script.Tokens, i + 1);
            if (execute)
            {
                return "EXECUTE runs a text that is put together at run time";
            }

            if (call)
            {
                return "PERFORM calls a function whose body is not part of the script";
            }
        }

        return null;
    }

    private static bool PlainCall(string text, PgToken[] tokens, int at)
    {
        string name = text.Substring(tokens[at].Start, tokens[at].Length).ToLowerInvariant();
        bool call = at + 1 < tokens.Length && tokens[at + 1].Length == 1 && text[tokens[at + 1].Start] == '(';
        return !call || PgFunctions.VolatilityOf(name) != PgVolatility.Unknown;
    }

    // In PL/pgSQL a statement follows BEGIN, THEN, ELSE, LOOP or the semicolon before it; what begins with another word is control flow.
    private static PgStatement? Statement(string text, PgToken[] tokens, Range range)
    {
        int last = range.End.Value;
        bool start = true;
        for (int i = range.Start.Value; i < last; i++)
        {
            if (start && IsAny(text, tokens[i], SqlVerbs))
            {
                return PgParser.Parse(text, tokens, i..last);
            }

            start = IsAny(text, tokens[i], BlockWords);
        }

        return null;
    }

    private static bool IsAny(string text, PgToken token, string[] words)
    {
        foreach (string word in words)
        {
            if (Is(text, token, word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(string text, PgToken token, ReadOnlySpan<char> word) =>
        token.Kind == PgTokenKind.Word && text.AsSpan(token.Start, token.Length).Equals(word, StringComparison.OrdinalIgnoreCase);
}
