using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>Rows are changed while the transaction still holds a lock from a change of the schema.</summary>
internal sealed class BackfillInDdlTransaction() : PgRule("backfill-in-ddl-transaction", RiskLevel.Risky, "Rows are changed while the transaction still holds a lock from a change of the schema.")
{
    /// <inheritdoc/>
    public override void Check(RuleContext context)
    {
        (string Verb, PgName Table)? change = context.Statement is QueryStatement { Verb: "Update" or "Delete" or "Insert" or "Merge", Target: { } target, LiteralRows: false } query ? (query.Verb, target) : null;
        if (change is null || !context.State.InTransaction || context.Model.Get(change.Value.Table) is { IsNew: true })
        {
            return;
        }

        (string relation, PgLock mode, int line) = context.State.Held.Find(held => held.Mode >= PgLock.Share);
        if (relation is not null)
        {
            context.Report(this,
                $"{change.Value.Verb.ToUpperInvariant()} of {context.Model.Key(change.Value.Table)} runs while the {mode} lock on {relation} from line {line} is held: everybody waits for the rows to be written.",
                "Put the change of rows into a migration of its own, in batches (-- safedb:batch), after that of the schema.",
                new Report { Relation = relation });
        }
    }
}
