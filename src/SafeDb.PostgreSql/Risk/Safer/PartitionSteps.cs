using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>Partitions brought in without reading them under a strong lock.</summary>
internal static class PartitionSteps
{
    /// <summary>A CHECK that says what the bound says, then ATTACH.</summary>
    public static string? Attach(RuleContext context, AttachPartition attach)
    {
        PgTable partition = context.Model.Get(attach.Partition);
        if (context.Table.PartitionColumns is not [var column] || context.Table.DefaultPartition is not null || attach.IsDefault)
        {
            return null;
        }

        string[] conditions = PartitionProof.ConditionsOf(column, attach.Bound);
        string name = PgName.Quote($"{partition.Name.Name}_bound");
        string quoted = PgName.Quote(column);
        return conditions.Length == 0 || quoted != column || attach.Bound.Any(char.IsUpper) && attach.Bound.Contains('\'', StringComparison.Ordinal) && HasUpperLiteral(attach.Bound) ? null : new SaferScript()
            .Migration($"ALTER TABLE {partition.Key} ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL AND {string.Join(" AND ", conditions.Select(condition => Spaced(condition, column)))}) NOT VALID")
            .Migration($"ALTER TABLE {partition.Key} VALIDATE CONSTRAINT {name}")
            .Migration($"{context.AlterSql} ATTACH PARTITION {partition.Key} {attach.Bound}")
            .Migration($"ALTER TABLE {partition.Key} DROP CONSTRAINT {name}").ToString();
    }

    /// <summary>A table of its own that is attached, which locks the parent less than PARTITION OF.</summary>
    public static string? Create(RuleContext context, CreateTable create, PgTable parent)
    {
        if (parent.DefaultPartition is not null || create.DefaultPartition || create.Columns.Count > 0 || create.Constraints.Count > 0 || create.Partitioned || create.Temporary || create.Bound is null)
        {
            return null;
        }

        string name = context.Model.Qualify(create.Name).Sql;
        return new SaferScript().Migration(
            $"CREATE TABLE {name} (LIKE {parent.Key} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE)",
            $"ALTER TABLE {parent.Key} ATTACH PARTITION {name} {create.Bound}").ToString();
    }

    /// <summary>DETACH CONCURRENTLY, which leaves a CHECK that says what the bound said.</summary>
    public static string Detach(RuleContext context, DetachPartition detach)
    {
        string partition = context.Model.Key(detach.Partition);
        string detached = new SaferScript().WithoutTransaction($"{context.AlterSql} DETACH PARTITION {partition} CONCURRENTLY").ToString();
        return context.Table.PartitionColumns is [var column]
            ? $"{detached}\n-- one release later: ALTER TABLE {partition} DROP CONSTRAINT IF EXISTS {PgName.Quote($"{detach.Partition.Name}_{column}_check")};"
            : detached;
    }

    // The comparison is made without blanks and in lower case, which a literal with capitals would not survive.
    private static bool HasUpperLiteral(string bound)
    {
        PgScript script = PgScript.Read(bound);
        return script.Tokens.Any(token => token.Kind == PgTokenKind.String && bound.AsSpan(token.Start, token.Length).ContainsAnyInRange('A', 'Z'))
            || script.Tokens.Any(token => token.Kind == PgTokenKind.String && bound.AsSpan(token.Start, token.Length).Contains(' '));
    }

    private static string Spaced(string condition, string column) => column + " " + condition[column.Length..].Replace(">=", ">= ", StringComparison.Ordinal).Replace("<", "< ", StringComparison.Ordinal).Replace("in(", "IN (", StringComparison.Ordinal);
}
