using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;
using SafeDb.SqlServer.Sql;

namespace SafeDb.SqlServer.Risk;

/// <summary>Analyses T-SQL files one after another.</summary>
internal sealed class TSqlRiskSession(RiskOptions options) : IRiskSession
{
    private readonly TSqlState _state = new();

    public FileRisk Analyse(RiskFile file)
    {
        if (!options.PendingTogether)
        {
            _state.NewTables.Clear();
        }

        _state.InTransaction = file.Transaction == FileTransaction.Single;

        // A runner that wraps the file sets XACT_ABORT itself, as SafeDb's does.
        _state.XactAbort = file.Transaction == FileTransaction.Single;
        var statements = new List<StatementRisk>();
        TSqlNesting.WithRoom(file.Source.Text, () => Read(file, statements));
        return new FileRisk(file.Source.Path ?? string.Empty, statements, []);
    }

    private void Read(RiskFile file, List<StatementRisk> statements)
    {
        foreach (TSqlStatementText text in TSqlScriptReader.Read(file.Source.Text))
        {
            foreach (TSqlStatement? tree in Flatten(text.Tree))
            {
                statements.Add(Analyse(file, text, tree, statements.Count + 1));
            }
        }
    }

    private StatementRisk Analyse(RiskFile file, TSqlStatementText text, TSqlStatement? tree, int index)
    {
        (int start, int length) = tree is null || tree == text.Tree
            ? (text.Start, text.Length)
            : (text.Start + tree.StartOffset - text.Tree!.StartOffset, tree.FragmentLength);
        string sql = file.Source.Text.Substring(start, length);
        var risk = new StatementRisk { Index = index, Location = file.Source.Locate(start, length), Sql = sql, Kind = Kind(tree) };
        if (tree is null)
        {
            return risk with { Analysed = false, NotAnalysedBecause = text.Problem };
        }

        IReadOnlyList<StatementEffect> effects = TSqlEffects.Of(tree, _state);
        (bool schema, bool data) = TSqlEffects.Changes(effects);
        var context = new TSqlContext(tree, _state, options, sql);
        RiskFinding[] findings = [.. TSqlRules.All.SelectMany(rule => rule.Check(context)).OrderBy(finding => finding.Rule, StringComparer.Ordinal)];
        string? unreadable = tree is ProcedureStatementBody or TriggerStatementBody ? null : TSqlUnreadable.Reason(tree);
        risk = risk with
        {
            Analysed = unreadable is null,
            NotAnalysedBecause = unreadable,
            Effects = effects,
            ChangesSchema = schema,
            ChangesData = data,
            Transactional = !NotInTransactionRule(tree),
            Locks = TSqlEffects.Locks(tree, _state),
            DataLoss = Loss(effects, findings),
            Findings = findings,
        };
        Learn(tree, file.Applied);
        return risk;
    }

    private static bool NotInTransactionRule(TSqlStatement tree) => Rules.NotInTransaction.Refuses(tree);

    private static DataLoss Loss(IReadOnlyList<StatementEffect> effects, RiskFinding[] findings)
    {
        StatementEffect[] old = [.. effects.Where(effect => !effect.OnNewRelation)];
        if (old.Any(effect => effect.Kind is EffectKind.DropTable or EffectKind.DropDatabase or EffectKind.DropColumn or EffectKind.Truncate or EffectKind.Delete))
        {
            return DataLoss.Certain;
        }

        return old.Any(effect => effect.Kind is EffectKind.Update) || findings.Any(finding => finding.Rule == "tsql-alter-column-type") ? DataLoss.Possible : DataLoss.None;
    }

    private void Learn(TSqlStatement tree, bool applied)
    {
        switch (tree)
        {
            case CreateTableStatement create when !applied:
                _state.NewTables.Add(TSqlNames.Of(create.SchemaObjectName));
                break;
            case BeginTransactionStatement:
                _state.InTransaction = true;
                break;
            case CommitTransactionStatement or RollbackTransactionStatement:
                _state.InTransaction = false;
                break;
            case PredicateSetStatement set when set.Options.HasFlag(SetOptions.XactAbort):
                _state.XactAbort = set.IsOn;
                break;
        }
    }

    // The statements inside IF, BEGIN … END, WHILE and TRY run as much as others do.
    private static IEnumerable<TSqlStatement?> Flatten(TSqlStatement? tree)
    {
        switch (tree)
        {
            case BeginEndBlockStatement block:
                return block.StatementList.Statements.SelectMany(Flatten);
            case TryCatchStatement attempt:
                return attempt.TryStatements.Statements.Concat(attempt.CatchStatements.Statements).SelectMany(Flatten);
            case IfStatement branch:
                return new TSqlStatement?[] { branch }.Concat(Flatten(branch.ThenStatement)).Concat(branch.ElseStatement is null ? [] : Flatten(branch.ElseStatement));
            case WhileStatement loop:
                return Flatten(loop.Statement);
            default:
                return [tree];
        }
    }

    private static string Kind(TSqlStatement? tree)
    {
        string name = tree?.GetType().Name ?? "Unknown";
        name = name.EndsWith("Statement", StringComparison.Ordinal) ? name[..^"Statement".Length] : name;
        return name.StartsWith("AlterTable", StringComparison.Ordinal) ? "AlterTable" : name;
    }
}
