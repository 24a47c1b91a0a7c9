using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>What belongs to a rebuilt table must be made again.</summary>
internal sealed class RebuildLosesIndexesAndTriggers : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-loses-indexes-and-triggers", RiskLevel.Risky, "Dropping the old table of a rebuild drops its indexes and triggers too.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is not { } rebuild || rebuild.Drop != context.Index || context.IsNew(rebuild.Table))
        {
            yield break;
        }

        string dropped = ((DropObject)context.Statement).Name.Key;
        string table = context.NameOf(rebuild.Table);
        List<SqliteDependent> lost = [.. context.Model.Indexes.Concat(context.Model.Triggers).Where(item => item.Table == dropped && !context.IsMadeLater(item.Name.ToLowerInvariant()))];
        if (lost.Count > 0)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"The rebuild of {table} loses {string.Join(", ", lost.Select(item => item.Name))}.", "Create them again after the rename.")
            {
                Relation = table,
                SaferSql = RebuildScript.Corrected(context, rebuild),
            });
        }
        else if (!context.Model.Complete && context.Model.Table(dropped) is null && !context.File.Statements.Skip(context.Index).Any(statement => statement is CreateIndex or CreateTrigger))
        {
            yield return new(new RiskFinding(Info.Id, RiskLevel.Safe, $"The rebuild of {table} drops the indexes and triggers of the old table, and the file makes none again. Which there are is not known here.",
                "Name the database, so that it can be asked; or check .schema and create them again after the rename.") { Relation = table });
        }
    }
}
