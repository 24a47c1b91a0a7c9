using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Model;

/// <summary>Turns what the catalogue says of a relation into the model's terms.</summary>
internal static class CatalogueImport
{
    /// <summary>Reads one relation.</summary>
    public static PgTable Read(string key, RelationFacts facts)
    {
        PgName name = ReadName(key);
        var table = new PgTable(key, name)
        {
            Kind = facts.Kind, IsKnown = true, IsFilled = true, Rows = facts.EstimatedRows, Bytes = facts.Bytes, WritesPerSecond = facts.WritesPerSecond, Dependents = facts.Dependents,
        };
        foreach (SafeDb.Schema.SchemaColumn column in facts.Columns)
        {
            table.Columns.Add(new PgColumn(column.Name, PgType.Parse(column.Type), column.NotNull)
            {
                HasDefault = column.Default is not null,
                Generated = column.Generated && column.Default is not null ? PgParser.ParseExpression(column.Default) : null,
            });
        }

        foreach ((string index, string definition) in facts.Indexes)
        {
            AddIndex(table, index, definition);
        }

        foreach ((string constraint, string definition) in facts.Constraints)
        {
            AddConstraint(table, constraint, definition);
        }

        foreach (string other in facts.ReferencedBy)
        {
            table.ReferencedBy.Add(other);
        }

        table.Children.AddRange(facts.Children);
        return table;
    }

    /// <summary>Adds how the table is partitioned, and of what it is a partition.</summary>
    public static void AddPartitioning(PgTable table, PostgreSqlCatalogFacts live)
    {
        table.Parent = live.ParentOf(table.Key);
        if (live.PartitioningOf(table.Key) is { } partitioning)
        {
            table.PartitionStrategy = partitioning.Strategy;
            table.PartitionColumns = partitioning.Columns;
            table.DefaultPartition = partitioning.DefaultPartition;
        }
    }

    /// <summary>Reads a qualified, quoted name.</summary>
    public static PgName ReadName(string key)
    {
        PgScript script = PgScript.Read("COMMENT ON TABLE " + key + " IS NULL");
        return PgParser.Parse("COMMENT ON TABLE " + key + " IS NULL", script.Tokens, 0..script.Tokens.Length) is CommentStatement { Table: { } table } ? table : new PgName("public", key);
    }

    private static void AddIndex(PgTable table, string index, string definition)
    {
        PgScript script = PgScript.Read(definition);
        if (PgParser.Parse(definition, script.Tokens, 0..script.Tokens.Length) is CreateIndex read)
        {
            table.Indexes.Add(new PgIndex(index, read.Unique, read.Columns, read.ExpressionNames) { Method = read.Method, Plain = read.Plain, OfConstraint = false, Invalid = definition.EndsWith("/* invalid */", StringComparison.Ordinal) });
        }
    }

    private static void AddConstraint(PgTable table, string constraint, string definition)
    {
        if (PgParser.ParseConstraint(constraint, definition) is { } read)
        {
            string? referenced = read.References is null ? null : (read.References.Schema is null ? read.References with { Schema = "public" } : read.References).Sql;
            table.Constraints.Add(new PgConstraint(constraint, read, !read.NotValid) { ReferencedKey = referenced });
            int owned = table.Indexes.FindIndex(index => index.Name == constraint);
            if (owned >= 0)
            {
                table.Indexes[owned] = table.Indexes[owned] with { OfConstraint = true };
            }
        }
    }
}
