using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>ATTACH PARTITION reads the new partition, and the DEFAULT partition, under exclusive locks.</summary>
internal sealed class AttachPartitionScans() : ActionRule<AttachPartition>("attach-partition-scans", RiskLevel.Risky, "ATTACH PARTITION reads the new partition, and the DEFAULT partition, under exclusive locks.")
{
    /// <inheritdoc/>
    protected override void Check(AttachPartition action, ActionImpact impact, RuleContext context)
    {
        string[] scanned = [.. impact.Partners.Where(partner => partner.Scan && !partner.Table.IsEmpty).Select(partner => partner.Table.Key).Distinct(StringComparer.Ordinal)];
        if (scanned.Length > 0)
        {
            context.Report(this,
                $"{string.Join(" and ", scanned)} {(scanned.Length == 1 ? "is" : "are")} read in full under an AccessExclusive lock: reads and writes wait{WorkEstimate.Scan(context.Model.Get(action.Partition))}.",
                "Give the table a CHECK that says what the bound says (NOT VALID, then VALIDATE) before ATTACH; empty the DEFAULT partition of such rows, with a CHECK that says so.",
                new Report { Relation = scanned[0], SaferSql = PartitionSteps.Attach(context, action) });
        }
    }
}
