using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Safer;

/// <summary>Constraints in steps, and the questions that tell beforehand whether rows break them.</summary>
internal static class ConstraintSteps
{
    /// <summary>NOT VALID, then VALIDATE in the next migration.</summary>
    public static string? NotValidThenValidate(RuleContext context, TableConstraint constraint)
    {
        var script = new SaferScript();
        return Add(script, context, constraint, knownNotNull: false) ? script.ToString() : null;
    }

    /// <summary>A unique index built concurrently, then attached.</summary>
    public static string? IndexThenAttach(RuleContext context, TableConstraint constraint) => NotValidThenValidate(context, constraint);

    /// <summary>Adds the steps of one constraint; false when there are none that end in the same schema.</summary>
    public static bool Add(SaferScript script, RuleContext context, TableConstraint constraint, bool knownNotNull)
    {
        string name = PgName.Quote(NameOf(context.Table, constraint));
        switch (constraint.Kind)
        {
            case ConstraintKind.Check or ConstraintKind.ForeignKey when constraint.Body.Length > 0:
                script.Migration($"{context.AlterSql} ADD CONSTRAINT {name} {constraint.Body} NOT VALID");
                script.Migration($"{context.AlterSql} VALIDATE CONSTRAINT {name}");
                return true;
            case ConstraintKind.Unique or ConstraintKind.PrimaryKey when constraint.Plain && constraint.Columns.Count > 0 && !context.Table.IsPartitioned:
                string kind = constraint.Kind == ConstraintKind.Unique ? "UNIQUE" : "PRIMARY KEY";
                string columns = string.Join(", ", constraint.Columns.Select(PgName.Quote));
                string attach = $"{context.AlterSql} ADD CONSTRAINT {name} {kind} USING INDEX {name}";
                script.WithoutTransaction($"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {context.Table.Key} ({columns})");
                Attach(script, context, constraint, attach, knownNotNull);
                return true;
            default:
                return false;
        }
    }

    /// <summary>NOT NULL proved first, then the primary key attached.</summary>
    public static string ProveThenAttach(RuleContext context, AddConstraint action, IReadOnlyList<string> columns)
    {
        var script = new SaferScript();
        NotNullSteps.Add(script, context.AlterSql, context.Table.Name.Name, Nullable(context.Table, columns), [$"{context.AlterSql} {action.Text}"]);
        return script.ToString();
    }

    /// <summary>Groups of rows that a unique key would refuse.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">The key.</param>
    /// <param name="where">Which rows the key is for; null for all.</param>
    /// <param name="nullsDistinct">Whether NULLs differ from each other.</param>
    public static IReadOnlyList<RiskProbe> Duplicates(PgTable table, IReadOnlyList<string> columns, string? where = null, bool nullsDistinct = true)
    {
        if (columns.Count == 0)
        {
            return [];
        }

        string list = string.Join(", ", columns.Select(PgName.Quote));
        IEnumerable<string> conditions = (nullsDistinct ? columns.Select(column => $"{PgName.Quote(column)} IS NOT NULL") : []).Concat(where is null ? [] : [$"({where})"]);
        string filter = conditions.Any() ? $" WHERE {string.Join(" AND ", conditions)}" : "";
        return [new RiskProbe($"rows of {table.Key} that share ({list}) with another", $"SELECT coalesce(sum(n), 0)::bigint FROM (SELECT count(*) AS n FROM {table.Key}{filter} GROUP BY {list} HAVING count(*) > 1) AS d")
        {
            LevelWhenAny = RiskLevel.Dangerous, FirstWhenAny = "First remove these duplicates, in a migration of its own: with them the unique index cannot be built, and a concurrent build fails and leaves an INVALID index, which is to be dropped before the next try.",
        }];
    }

    /// <summary>Groups of rows that a unique index would refuse, where its key is of plain columns.</summary>
    public static IReadOnlyList<RiskProbe> Duplicates(PgTable table, CreateIndex index) =>
        index.Unique && index.Columns.All(column => column is not null) ? Duplicates(table, [.. index.Columns.OfType<string>()], index.Where?.Text, !index.NullsNotDistinct) : [];

    /// <summary>Rows whose foreign key finds no parent.</summary>
    public static IReadOnlyList<RiskProbe> Orphans(RuleContext context, TableConstraint foreign, PgTable parent)
    {
        IReadOnlyList<string> referenced = foreign.ReferencedColumns.Count > 0 ? foreign.ReferencedColumns : parent.PrimaryKey?.Definition.Columns ?? [];
        if (referenced.Count != foreign.Columns.Count)
        {
            return [];
        }

        string join = string.Join(" AND ", foreign.Columns.Select((column, i) => $"p.{PgName.Quote(referenced[i])} = c.{PgName.Quote(column)}"));
        string notNull = string.Join(" AND ", foreign.Columns.Select(column => $"c.{PgName.Quote(column)} IS NOT NULL"));
        return [new RiskProbe($"rows of {context.Table.Key} without a row in {parent.Key}", $"SELECT count(*) FROM {context.Table.Key} AS c WHERE {notNull} AND NOT EXISTS (SELECT 1 FROM {parent.Key} AS p WHERE {join})")
        {
            LevelWhenAny = RiskLevel.Dangerous, FirstWhenAny = "First repair these rows, in a migration of its own (give them a parent, or remove them): with them the foreign key fails, at once or at the later VALIDATE.",
        }];
    }

    private static void Attach(SaferScript script, RuleContext context, TableConstraint constraint, string attach, bool knownNotNull)
    {
        IReadOnlyList<string> nullable = constraint.Kind == ConstraintKind.PrimaryKey && !knownNotNull ? Nullable(context.Table, constraint.Columns) : [];
        if (nullable.Count > 0)
        {
            NotNullSteps.Add(script, context.AlterSql, context.Table.Name.Name, nullable, [attach]);
        }
        else
        {
            script.Migration(attach);
        }
    }

    private static IReadOnlyList<string> Nullable(PgTable table, IReadOnlyList<string> columns) => [.. columns.Where(column => table.Column(column)?.NotNull != true)];

    private static string NameOf(PgTable table, TableConstraint constraint) => constraint.Name ?? constraint.Kind switch
    {
        ConstraintKind.PrimaryKey => $"{table.Name.Name}_pkey",
        ConstraintKind.Unique => $"{table.Name.Name}_{string.Join('_', constraint.Columns)}_key",
        ConstraintKind.ForeignKey => $"{table.Name.Name}_{string.Join('_', constraint.Columns)}_fkey",
        _ when CheckedColumn(table, constraint) is { } column => $"{table.Name.Name}_{column}_check",
        _ => $"{table.Name.Name}_check",
    };

    // The server names a CHECK after its column when it mentions exactly one.
    private static string? CheckedColumn(PgTable table, TableConstraint constraint)
    {
        string[] mentioned = constraint.Columns.Count > 0 ? [.. constraint.Columns] : [.. (constraint.Check?.Names ?? []).Where(name => table.Column(name) is not null).Distinct(StringComparer.Ordinal)];
        return mentioned.Length == 1 ? mentioned[0] : null;
    }
}
