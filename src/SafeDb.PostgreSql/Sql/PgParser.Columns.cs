using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Columns as CREATE TABLE and ADD COLUMN write them.</content>
internal sealed partial class PgParser
{
    private ColumnDefinition Column(bool typeRequired)
    {
        int first = _at;
        string name = Name();
        bool bare = !typeRequired && (AtEnd || IsSymbol(_at, ',') || IsSymbol(_at, ')') || Peek("with", "options") || IsAny(_at, ColumnConstraintWords));
        Accept("with", "options");
        PgType? type = bare ? null : Type();
        var column = new ColumnDefinition(name, type) { NotNull = type?.Serial == true };
        var constraints = new List<TableConstraint>();
        while (!AtEnd && !IsSymbol(_at, ',') && !IsSymbol(_at, ')') && _failure is null)
        {
            column = ColumnPart(column, constraints);
        }

        return column with { Constraints = constraints, Text = TextOf(first, _at) };
    }

    private ColumnDefinition ColumnPart(ColumnDefinition column, List<TableConstraint> constraints)
    {
        string? name = Accept("constraint") ? Name() : null;
        int first = _at;
        if (Accept("not", "null"))
        {
            bool notValid = Accept("not", "valid");
            _ = Accept("no", "inherit");
            return column with { NotNull = !notValid };
        }

        if (Accept("null") || Accept("deferrable") || Accept("not", "deferrable") || Accept("initially", "deferred") || Accept("initially", "immediate") || Accept("enforced"))
        {
            return column;
        }

        if (Accept("not", "enforced"))
        {
            if (constraints.Count > 0)
            {
                constraints[^1] = constraints[^1] with { NotEnforced = true };
            }

            return column;
        }

        if (Accept("collate"))
        {
            return column with { Collation = QualifiedName() };
        }

        if (Accept("storage") || Accept("compression"))
        {
            _ = Name();
            return column;
        }

        if (Accept("options"))
        {
            SkipGroup();
            return column;
        }

        if (Accept("default"))
        {
            return column with { Default = ExpressionUntil(ColumnConstraintWords) };
        }

        return Accept("generated") ? Generated(column) : KeyPart(column, constraints, name, first);
    }

    private ColumnDefinition Generated(ColumnDefinition column)
    {
        if (!Accept("always"))
        {
            Expect("by");
            Expect("default");
        }

        Expect("as");
        if (Accept("identity"))
        {
            if (IsSymbol(_at, '('))
            {
                SkipGroup();
            }

            return column with { Identity = true, NotNull = true };
        }

        PgExpression expression = GroupedExpression();
        bool? stored = Accept("stored") ? true : Accept("virtual") ? false : null;
        return column with { Generated = expression, GeneratedStored = stored };
    }

    private ColumnDefinition KeyPart(ColumnDefinition column, List<TableConstraint> constraints, string? name, int first)
    {
        if (Accept("primary", "key") || Accept("unique"))
        {
            bool primary = IsWord(_at - 1, "key");
            bool plain = !IsAny(_at < _last ? _at : first, ["nulls", "include", "with", "using"]);
            SkipKeyTail();
            constraints.Add(new TableConstraint(primary ? ConstraintKind.PrimaryKey : ConstraintKind.Unique, name) { Columns = [column.Name], Plain = plain, Body = $"{(primary ? "PRIMARY KEY" : "UNIQUE")} ({PgName.Quote(column.Name)})" });
            return primary ? column with { NotNull = true } : column;
        }

        if (Accept("check"))
        {
            PgExpression check = GroupedExpression();
            string body = TextOf(first, _at);
            _ = Accept("no", "inherit");
            constraints.Add(new TableConstraint(ConstraintKind.Check, name) { Check = check, Columns = [column.Name], Body = body });
            return column;
        }

        if (Accept("references"))
        {
            constraints.Add(References(new TableConstraint(ConstraintKind.ForeignKey, name) { Columns = [column.Name] }, $"FOREIGN KEY ({PgName.Quote(column.Name)}) ", first));
            return column;
        }

        Fail("a column constraint");
        return column;
    }
}
