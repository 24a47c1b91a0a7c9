using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Dropping a view, sequence, function or type breaks what uses it.</summary>
internal sealed class DropViewBreaksCode() : StatementRule<DropObjects>("drop-view-breaks-code", RiskLevel.Risky, "Dropping a view, sequence, function or type breaks what uses it.")
{
    /// <inheritdoc/>
    protected override void Check(DropObjects statement, RuleContext context)
    {
        if (statement.ObjectKind is not ("VIEW" or "MATERIALIZED VIEW" or "SEQUENCE" or "FUNCTION" or "PROCEDURE" or "ROUTINE" or "AGGREGATE" or "TYPE" or "DOMAIN" or "EXTENSION") || statement.Cascade)
        {
            return;
        }

        foreach (PgName name in statement.Names.Where(name => context.Model.Find(name) is not { IsNew: true } && context.Model.FindType(name) is null or { CreatedInTransaction: 0 }))
        {
            string[] users = [.. context.Model.ReadersOf(context.Model.Key(name)).Select(table => table.Key)];
            if (context.State.MadeByFile.Contains(name.Name) && users.Length == 0)
            {
                context.Report(this, $"The {statement.ObjectKind.ToLowerInvariant()} {name.Sql} is dropped and made again by the same file: only code that needs its old form fails.", "Use CREATE OR REPLACE where the form stays the same.", new Report { Level = RiskLevel.Safe });
                continue;
            }

            context.Report(this,
                $"Running code that uses the {statement.ObjectKind.ToLowerInvariant()} {name.Sql} fails from the commit on{(users.Length > 0 ? $"; {string.Join(", ", users)} depends on it, so the server refuses (2BP01)" : "")}.",
                "Drop it one release after the last code that uses it.",
                new Report { Relation = statement.ObjectKind is "VIEW" or "MATERIALIZED VIEW" or "SEQUENCE" ? context.Model.Key(name) : null });
        }
    }
}
