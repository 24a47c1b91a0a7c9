using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>TRUNCATE … CASCADE empties every table that refers to the named one, and theirs.</summary>
internal sealed class TruncateCascadeEmptiesChildren() : StatementRule<TruncateStatement>("truncate-cascade-empties-children", RiskLevel.Dangerous, "TRUNCATE … CASCADE empties every table that refers to the named one, and theirs.")
{
    /// <inheritdoc/>
    protected override void Check(TruncateStatement statement, RuleContext context)
    {
        if (!statement.Cascade || statement.Tables.Select(context.Model.Get).All(table => table.IsEmpty))
        {
            return;
        }

        HashSet<string> named = [.. statement.Tables.Select(context.Model.Key)];
        string[] children = [.. context.Impact.Locks.Select(held => held.Relation).Where(key => !named.Contains(key))];
        context.Report(this,
            children.Length > 0 ? $"CASCADE also empties {string.Join(", ", children)}." : "CASCADE also empties every table with a foreign key to the named ones, and those that refer to them.",
            "Name the tables that are meant, without CASCADE: the server then refuses if one was forgotten.",
            new Report { Relation = named.First(), Probes = [.. children.Select(child => new RiskProbe($"rows of {child}", $"SELECT count(*) FROM {child}"))] });
    }
}
