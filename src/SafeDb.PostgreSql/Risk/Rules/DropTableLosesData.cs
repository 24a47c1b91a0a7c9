using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DROP TABLE takes all rows for good.</summary>
internal sealed class DropTableLosesData() : StatementRule<DropObjects>("drop-table-loses-data", RiskLevel.Dangerous, "DROP TABLE takes all rows for good.")
{
    /// <inheritdoc/>
    protected override void Check(DropObjects statement, RuleContext context)
    {
        if (statement.ObjectKind is not ("TABLE" or "FOREIGN TABLE"))
        {
            return;
        }

        bool historyKnown = statement.IfExists && (context.Model.HasFacts || context.Model.Tables.Any(known => known is { IsKnown: true, IsNew: false, Kind: "table" or "partitioned table" }));
        foreach (PgTable table in statement.Names.Select(context.Model.Get).Where(table => !table.IsEmpty && table.Kind is not "view"))
        {
            string[] children = [.. table.ReferencedBy.Where(key => key != table.Key && !statement.Names.Any(name => context.Model.Key(name) == key))];
            string[] views = [.. context.Model.ReadersOf(table.Key).Select(view => view.Key).Concat(table.Dependents).Distinct(StringComparer.Ordinal)];
            string falls = (children.Length, views.Length, statement.Cascade) switch
            {
                (0, 0, _) => "",
                (_, _, true) => $" CASCADE takes {string.Join(", ", views.Concat(children.Select(child => $"the foreign key of {child}")))} with it.",
                _ => $" {string.Join(", ", views.Concat(children))} depends on it, so the server refuses (2BP01).",
            };
            bool neverMade = historyKnown && !table.IsKnown && table.Kind is null;
            if (neverMade && context.Model.HasFacts)
            {
                continue;
            }

            context.Report(this,
                neverMade ? $"If there is a table {table.Key}, which no earlier file makes, all its rows are gone at the commit.{falls}" :
                $"All rows of {table.Key} are gone at the commit{(table.Rows > 0 ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $" (about {table.Rows:N0})") : "")}.{falls}",
                "Make sure that no running code uses it, keep it under another name for one release, and drop it when a verified backup holds it.",
                new Report { Level = neverMade ? RiskLevel.Risky : Info.Level, Relation = table.Key, Probes = [new RiskProbe($"rows of {table.Key}", $"SELECT count(*) FROM {table.Key}") { LevelWhenZero = RiskLevel.Risky }] });
        }
    }
}
