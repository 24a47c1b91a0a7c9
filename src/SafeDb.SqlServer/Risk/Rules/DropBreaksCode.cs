using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;

namespace SafeDb.SqlServer.Risk.Rules;

/// <summary>Dropped objects without rows of their own.</summary>
internal sealed class DropBreaksCode : ITSqlRule
{
    public RiskRuleInfo Info { get; } = new("tsql-drop-breaks-code", RiskLevel.Risky, "Running code that uses the dropped view, procedure, function, synonym, sequence or type fails.");

    public IEnumerable<RiskFinding> Check(TSqlContext context)
    {
        string? kind = context.Statement switch
        {
            DropViewStatement => "view",
            DropProcedureStatement => "procedure",
            DropFunctionStatement => "function",
            DropSynonymStatement => "synonym",
            DropSequenceStatement => "sequence",
            DropTriggerStatement => "trigger",
            _ => null,
        };
        if (kind is null)
        {
            yield break;
        }

        foreach (SchemaObjectName name in ((DropObjectsStatement)context.Statement).Objects.Where(name => !context.IsNew(name)))
        {
            yield return new RiskFinding(Info.Id, Info.Level, $"Running code that uses the {kind} {TSqlNames.Of(name)} fails from the commit on.", "Drop it one release after the last code that uses it, or use CREATE OR ALTER to change it in place.") { Relation = TSqlNames.Of(name) };
        }
    }
}
