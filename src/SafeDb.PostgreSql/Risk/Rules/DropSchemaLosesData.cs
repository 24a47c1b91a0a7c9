using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>DROP SCHEMA, DATABASE or OWNED takes everything in it.</summary>
internal sealed class DropSchemaLosesData() : StatementRule<DropObjects>("drop-schema-loses-data", RiskLevel.Dangerous, "DROP SCHEMA, DATABASE or OWNED takes everything in it.")
{
    /// <inheritdoc/>
    protected override void Check(DropObjects statement, RuleContext context)
    {
        // Without CASCADE only an empty schema can be dropped.
        if (statement.ObjectKind is "DATABASE" or "OWNED" || statement is { ObjectKind: "SCHEMA", Cascade: true })
        {
            int tables = statement.ObjectKind == "SCHEMA" ? context.Model.Tables.Count(table => statement.Names.Any(name => name.Name == table.Name.Schema)) : 0;
            context.Report(this,
                $"DROP {statement.ObjectKind} {string.Join(", ", statement.Names.Select(name => name.Sql))}{(statement.Cascade ? " CASCADE" : "")} takes everything in it{(tables > 0 ? $": {tables} tables known here" : "")}.",
                "Drop single objects by migrations of their own, after a verified backup.");
        }
    }
}
