using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Reads executed code as far as its SQL stands in the text: whatever branch a statement is in, it may run. A text that is put together at run time cannot be read.</summary>
internal sealed class ExecutedCode(AnalysisState state, StatementImpact impact, List<RiskFinding> findings, bool applied)
{
    // Functions that call functions: deeper than this nobody writes migrations.
    private const int Deepest = 5;

    // Functions that call each other in every branch would be read for ever.
    private const int Most = 2_000;
    private readonly List<PgStatement> _statements = [];
    private readonly List<StatementEffect> _effects = [];
    private int _depth;
    private int _read;
    private string? _reason;

    /// <summary>What was read.</summary>
    public BodyReading Reading => new(_statements, _effects, _reason);

    /// <summary>Whether there was anything to read, or something that could not be.</summary>
    public bool HasRead => _statements.Count > 0 || _reason is not null;

    /// <summary>The statement behind a name that PREPARE gave.</summary>
    public void Prepared(string name)
    {
        if (state.Prepared.TryGetValue(name, out PgStatement? prepared))
        {
            Judge(prepared, name);
        }
        else
        {
            _reason ??= "what it executes is not part of the script";
        }
    }

    /// <summary>A procedure or function.</summary>
    public void Call(PgName? name, string unknown)
    {
        if (name is not null && state.Model.FindFunction(name) is { Body: { } body } function && _depth < Deepest && _read < Most)
        {
            _depth++;
            Body(body, function.Language, null);
            _depth--;
        }
        else
        {
            _reason ??= unknown;
        }
    }

    /// <summary>The functions that a query calls: those made in view are read; a bare call of another one does nobody knows what.</summary>
    public void Calls(QueryStatement query)
    {
        foreach (PgName call in query.Calls.Where(call => state.Model.FindFunction(call) is not null).Distinct())
        {
            Call(call, $"the body of {call} cannot be read");
        }

        bool bare = query is { Verb: "Select", Target: null, Reads: [], Into: null };
        if (bare && query.Calls.FirstOrDefault(call => !IsKnown(call)) is { } other)
        {
            _reason ??= $"the function {other} is not part of the script, and what it does is not known";
        }
    }

    /// <summary>A body of PL/pgSQL or SQL.</summary>
    public void Body(string body, string language, Func<int, int>? lineOf)
    {
        if (language is not ("plpgsql" or "sql"))
        {
            _reason ??= $"code in {language} cannot be read";
            return;
        }

        PgScript script = PgScript.Read(body);
        var pieces = new PlPgSqlPieces(body, script, isSql: language == "sql");
        for (int i = 0; i < script.Pieces.Count; i++)
        {
            if (script.Pieces[i].Kind == ScriptPieceKind.Broken)
            {
                _reason ??= "a quote in the code is not closed";
                continue;
            }

            foreach (CodePiece piece in pieces.Of(script.Ranges[i]))
            {
                Piece(piece, body, lineOf);
            }
        }
    }

    private void Piece(CodePiece piece, string body, Func<int, int>? lineOf)
    {
        string place = lineOf is null ? "" : $" in line {lineOf(piece.Offset)}";
        switch (piece)
        {
            case { Statement: UnknownStatement unknown }:
                _reason ??= $"{unknown.Reason}{place}";
                break;
            case { Statement: { } statement }:
                Judge(statement, body);
                break;
            case { Literal: { } text }:
                Literal(text, place);
                break;
            default:
                _reason ??= $"EXECUTE{place} runs a text that is put together at run time";
                break;
        }
    }

    // EXECUTE 'ALTER TABLE …': the text is there to be read.
    private void Literal(string text, string place)
    {
        PgScript script = PgScript.Read(text);
        for (int i = 0; i < script.Pieces.Count; i++)
        {
            if (script.Pieces[i].Kind == ScriptPieceKind.Statement)
            {
                PgStatement statement = PgParser.Parse(text, script.Tokens, script.Ranges[i]);
                _reason ??= statement is UnknownStatement unknown ? $"{unknown.Reason} in the text of EXECUTE{place}" : null;
                if (statement is not UnknownStatement)
                {
                    Judge(statement, text);
                }
            }
        }
    }

    private void Judge(PgStatement statement, string text)
    {
        if (++_read > Most)
        {
            _reason ??= "the functions that it calls are too many to be read";
            return;
        }

        _statements.Add(statement);
        StatementImpact inner = ImpactAnalyzer.Analyse(statement, state);
        foreach ((string relation, PgLock mode, bool isLong) in inner.Locks)
        {
            impact.Lock(relation, mode, isLong);
        }

        impact.Rewrites.UnionWith(inner.Rewrites);
        impact.Scans.UnionWith(inner.Scans);
        impact.IndexRebuilds.UnionWith(inner.IndexRebuilds);
        impact.DataLoss = inner.DataLoss > impact.DataLoss ? inner.DataLoss : impact.DataLoss;
        var context = new RuleContext(statement, text, inner, state);
        foreach (PgRule rule in PgRules.All)
        {
            rule.Check(context);
        }

        findings.AddRange(context.Findings);
        _effects.AddRange(StatementEffects.Of(statement, state, inner));
        new ModelUpdate(state.Model, applied, state.Transaction).Apply(statement);
        foreach (SetStatement set in statement is SetStatement own ? [own] : (statement as QueryStatement)?.Settings ?? [])
        {
            state.Set(set);
        }

        if (statement is QueryStatement query)
        {
            Calls(query);
        }
        else if (statement is CodeStatement { Kind: "Call" } call)
        {
            Call(call.Called, "the body of a procedure is not part of the script");
        }
    }

    private bool IsKnown(PgName call) =>
        call.Schema == "pg_catalog" || call.Name.StartsWith("pg_", StringComparison.Ordinal) || call.Name.StartsWith("has_", StringComparison.Ordinal) || call.Name.StartsWith("to_reg", StringComparison.Ordinal)
        || call.Name.StartsWith("lo_", StringComparison.Ordinal) || PgFunctions.VolatilityOf(call.Name) != PgVolatility.Unknown || state.Model.FindFunction(call) is not null;
}
