using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Analyses files one after another; the model and the settings go from statement to statement.</summary>
internal sealed class PgRiskSession(RiskOptions options) : IRiskSession
{
    private readonly AnalysisState _state = new(options);
    private readonly RestoredConstraints _constraints = new();

    private FilesAhead? _ahead;

    /// <inheritdoc/>
    public void Expect(IReadOnlyList<RiskFile> files) => _ahead = FilesAhead.Start(files);

    /// <inheritdoc/>
    public FileRisk Analyse(RiskFile file)
    {
        ReadFile read = _ahead?.Take(file) ?? ReadFile.Of(file);
        PgScript script = read.Script;
        BeginFile(file, script);
        _state.MadeByFile.UnionWith(read.Statements.Select(Made).OfType<string>());
        var statements = new List<StatementRisk>();
        for (int i = 0; i < script.Pieces.Count; i++)
        {
            ScriptPiece piece = script.Pieces[i];
            if (piece.Kind is ScriptPieceKind.Trivia or ScriptPieceKind.CopyData)
            {
                continue;
            }

            statements.Add(Analyse(file, piece, read.Statements[i]!, statements.Count + 1));
        }

        _state.EndTransaction();
        return new FileRisk(file.Source.Path ?? "", OldNames.Excuse(_constraints.Excuse(statements)), []) { Source = file.Source };
    }

    private void BeginFile(RiskFile file, PgScript script)
    {
        // A session of its own: settings do not outlive the file.
        _state.EndTransaction();
        if (!options.PendingTogether)
        {
            _state.Model.Settle();
        }

        _state.Prepared.Clear();
        _state.MadeByFile.Clear();
        _state.LockTimeout = null;
        _state.TimeZone = _state.Live?.TimeZone;
        _state.Model.SearchPath = ["public"];
        bool wrapped = file.Transaction == FileTransaction.Single || (file.Transaction == FileTransaction.OneCall && script.Pieces.Count(piece => piece.Kind is not (ScriptPieceKind.Trivia or ScriptPieceKind.CopyData)) > 1);
        _state.InTransaction = wrapped && !SaysNoTransaction(file.Source.Text, script);
    }

    private static string? Made(PgStatement? statement) => statement switch
    {
        CreateFunction function => function.Name.Name,
        CreateView view => view.Name.Name,
        CreateType type => type.Name.Name,
        CreateDomain domain => domain.Name.Name,
        SequenceStatement { Kind: "CreateSequence" } sequence => sequence.Name.Name,
        _ => null,
    };

    private static bool SaysNoTransaction(string text, PgScript script) =>
        script.Comments.Any(comment => text.AsSpan(comment.TextStart, Math.Max(0, comment.TextLength)).Trim().StartsWith("safedb:no-transaction", StringComparison.OrdinalIgnoreCase));

    private StatementRisk Analyse(RiskFile file, ScriptPiece piece, PgStatement statement, int index)
    {
        string sql = file.Source.Text.Substring(piece.StatementStart, piece.StatementLength);
        _state.Relations.Expect(statement, file);
        StatementImpact impact = ImpactAnalyzer.Analyse(statement, _state);
        var context = new RuleContext(statement, sql, impact, _state);
        BodyReading? body = CodeBody.Read(statement, _state, impact, context.Findings, offset => file.Source.Locate(offset, 0).Line, file.Applied);
        if (!file.Applied)
        {
            foreach (PgRule rule in PgRules.All)
            {
                rule.Check(context);
            }
        }

        var risk = new StatementRisk
        {
            Index = index,
            Location = file.Source.Locate(piece.StatementStart, piece.StatementLength),
            Sql = sql,
            Kind = statement.Kind,
            Analysed = statement is not UnknownStatement && body?.Reason is null,
            NotAnalysedBecause = statement is UnknownStatement unknown ? unknown.Reason : body?.Reason,
            Transactional = impact.Transactional,
            ChangesData = StatementEffects.ChangesData(statement) || body?.ChangesData == true || (statement is CodeStatement && body?.Reason is not null),
            ChangesSchema = StatementEffects.ChangesSchema(statement) || body?.ChangesSchema == true,
            Effects = file.Applied ? [] : [.. StatementEffects.Of(statement, _state, impact), .. body?.Effects ?? []],
            Mentions = StatementEffects.Mentions(statement, _state.Model),
            Locks = [.. impact.Locks.Select(held => new RelationLock(held.Relation, held.Mode.ToString()) { Long = held.Long })],
            Rewrites = [.. impact.Rewrites],
            Scans = [.. impact.Scans],
            IndexRebuilds = [.. impact.IndexRebuilds],
            DataLoss = impact.DataLoss,
            Findings = file.Applied ? [] : [.. context.Findings.OrderBy(finding => finding.Rule, StringComparer.Ordinal)],
        };
        _constraints.Note(index, statement, _state.Model);
        Continue(file, statement, impact, risk.Location.Line);
        return risk;
    }

    private void Continue(RiskFile file, PgStatement statement, StatementImpact impact, int line)
    {
        if (_state.InTransaction)
        {
            _state.Held.AddRange(impact.Locks.Where(held => held.Mode > PgLock.AccessShare).Select(held => (held.Relation, held.Mode, line)));
        }

        new ModelUpdate(_state.Model, file.Applied, _state.Transaction).Apply(statement);
        _state.Relations.Note(statement, file.Applied);
        switch (statement)
        {
            case TransactionStatement { Action: TransactionAction.Begin }:
                _state.InTransaction = true;
                _state.ExplicitTransaction = true;
                break;
            case TransactionStatement { Action: TransactionAction.Commit or TransactionAction.Rollback } end:
                _state.EndTransaction();
                _state.InTransaction = end.Chained;
                _state.ExplicitTransaction = end.Chained;
                break;
            case SetStatement set:
                _state.Set(set);
                break;
            case QueryStatement { Settings: { Count: > 0 } settings }:
                foreach (SetStatement set in settings)
                {
                    _state.Set(set);
                }

                _state.Transaction += _state.InTransaction ? 0 : 1;
                break;
            case PrepareStatement prepare:
                _state.Prepared[prepare.Name] = prepare.Statement;
                break;
            default:
                _state.Transaction += _state.InTransaction ? 0 : 1;
                break;
        }
    }
}
