using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>An index of a partitioned table, built partition by partition.</summary>
internal static class IndexSteps
{
    /// <summary>The steps, or null when the partitions are not known or the server's names for their indexes cannot be foretold.</summary>
    public static string? Partitioned(CreateIndex index, PgTable table, PgModel model)
    {
        PgTable[] children = [.. table.Children.Select(model.ByKey).OfType<PgTable>()];
        if (index.Name is null || children.Length == 0 || children.Length != table.Children.Count || children.Any(child => child.IsPartitioned) || index.Columns.Any(column => column is null))
        {
            return null;
        }

        string unique = index.Unique ? "UNIQUE " : "";
        string parent = new PgName(table.Name.Schema, index.Name).Sql;
        string NameOf(PgTable child) => $"{child.Name.Name}_{string.Join('_', index.Columns)}_idx";
        return new SaferScript()
            .Migration($"CREATE {unique}INDEX {PgName.Quote(index.Name)} ON ONLY {table.Key} {index.Keys}")
            .WithoutTransaction([.. children.Select(child => $"CREATE {unique}INDEX CONCURRENTLY {PgName.Quote(NameOf(child))} ON {child.Key} {index.Keys}")])
            .Migration([.. children.Select(child => $"ALTER INDEX {parent} ATTACH PARTITION {new PgName(child.Name.Schema, NameOf(child)).Sql}")])
            .ToString();
    }
}
