using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>The directive that has a backfill run in batches. They go along the primary key; where none of one column is known its name is left for the reader to write, and the run refuses until then.</summary>
internal static class BatchLine
{
    /// <summary>The line before the UPDATE of a table.</summary>
    public static string Of(PgTable table) =>
        table.Constraints.Find(constraint => constraint.Definition.Kind == ConstraintKind.PrimaryKey)?.Definition.Columns is [var key]
            ? $"-- safedb:batch key={PgName.Quote(key)}\n"
            : "-- safedb:batch key=<primary key>\n";
}
