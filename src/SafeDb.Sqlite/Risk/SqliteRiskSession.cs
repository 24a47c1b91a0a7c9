using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk.Rules;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk;

/// <summary>Analyses SQLite files one after another.</summary>
internal sealed class SqliteRiskSession : IRiskSession
{
    private readonly RiskOptions _options;
    private readonly SqliteModel _model;
    private readonly bool _proposes = true;

    public SqliteRiskSession(RiskOptions options)
    {
        _options = options;
        _model = new SqliteModel();
        if (options.Catalog is SqliteCatalogFacts facts)
        {
            foreach (string sql in facts.Definitions)
            {
                _model.Apply(SqliteParser.Parse(sql), sql, isNew: false);
            }

            _model.Complete = true;
        }
    }

    private SqliteRiskSession(SqliteModel model, int? version)
    {
        _options = new RiskOptions { ServerVersion = version };
        _model = model;
        _proposes = false;
    }

    /// <summary>Whether a proposed script would itself be found Safe.</summary>
    internal static bool IsSafe(string script, SqliteModel before, int? version)
    {
        var session = new SqliteRiskSession(before.Clone(), version);
        FileRisk risk = session.Analyse(new RiskFile(new SourceText(script), FileTransaction.PerStatement));
        return risk.Level == RiskLevel.Safe && risk.Statements.All(statement => statement.Analysed);
    }

    /// <inheritdoc/>
    public FileRisk Analyse(RiskFile file)
    {
        if (!_options.PendingTogether)
        {
            _model.Settle();
        }

        List<ScriptPiece> pieces = [.. SqliteSplitter.Split(file.Source.Text).Where(piece => piece.Kind != ScriptPieceKind.Trivia)];
        List<SqliteStatement> statements = [.. pieces.Select(piece => Read(file.Source, piece))];
        List<string> texts = [.. pieces.Select(piece => file.Source.Text.Substring(piece.StatementStart, piece.StatementLength))];
        var content = new SqliteFile(statements, texts, TableRebuild.Find(statements))
        {
            Before = _proposes && statements.Exists(statement => statement is AlterTable) ? _model.Clone() : null,
        };

        // A file that says BEGIN runs outside of the runner's transaction, for SQLite has no nested ones.
        bool wrapped = file.Transaction != FileTransaction.PerStatement && !statements.Exists(statement => statement is Transaction { Form: "Begin" });
        var state = new ConnectionState(InTransaction: wrapped, InExplicit: false, ForeignKeysOff: false, LegacyAlter: false);
        var risks = new List<StatementRisk>(pieces.Count);
        for (int i = 0; i < pieces.Count; i++)
        {
            var context = new SqliteRuleContext(statements[i], i, content, _model, state, _options.ServerVersion);
            risks.Add(Judge(context, file, pieces[i]));
            if (context.Rebuild?.Drop == i)
            {
                string dropped = ((DropObject)statements[i]).Name.Key;
                content.Lost.UnionWith(_model.Indexes.Where(item => item.Table == dropped && item.Statement is CreateIndex { Unique: true }).Select(item => item.Name.ToLowerInvariant()));
            }

            _model.Apply(statements[i], texts[i], isNew: !file.Applied && !IsFilledByRebuild(content, i));
            state = state.After(statements[i]);
        }

        return new FileRisk(file.Source.Path ?? "", risks, []) { Source = file.Source };
    }

    private static SqliteStatement Read(SourceText source, ScriptPiece piece) => piece.Kind switch
    {
        ScriptPieceKind.ClientCommand => new NotUnderstood("it is a command of the sqlite3 shell, which only that shell understands", piece.StatementStart, piece.StatementLength),
        ScriptPieceKind.Broken => new NotUnderstood("a quote or bracket is not closed", piece.StatementStart, piece.StatementLength),
        _ => SqliteParser.Parse(source.Text, piece.StatementStart, piece.StatementLength),
    };

    // The table that a rebuild makes is empty only until the copy; what follows must treat it as the table that it replaces.
    private bool IsFilledByRebuild(SqliteFile file, int index) =>
        file.Rebuilds.Any(rebuild => rebuild.Create == index && rebuild.Copies.Count > 0 && _model.Table(rebuild.OldFirst ? rebuild.Temporary : rebuild.Table)?.IsNew != true);

    private static StatementRisk Judge(SqliteRuleContext context, RiskFile file, ScriptPiece piece)
    {
        List<SqliteHit> hits = file.Applied ? [] : [.. SqliteRules.All.SelectMany(rule => rule.Check(context))];
        StatementRisk effects = SqliteEffects.Of(context);
        bool clientCommand = piece.Kind == ScriptPieceKind.ClientCommand;
        var unknown = context.Statement as NotUnderstood;
        return effects with
        {
            Index = context.Index + 1,
            Location = file.Source.Locate(piece.StatementStart, piece.StatementLength),
            Sql = context.File.Texts[context.Index],
            Kind = clientCommand ? "ClientCommand" : context.Statement.Kind,
            Analysed = unknown is null,
            NotAnalysedBecause = unknown?.Reason,
            DataLoss = hits.Select(hit => hit.Loss).Append(effects.DataLoss).Max(),
            Findings = [.. hits.Select(hit => hit.Finding).OrderBy(finding => finding.Rule, StringComparer.Ordinal)],
        };
    }
}
