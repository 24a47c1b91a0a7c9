using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>CREATE TABLE, columns and constraints.</content>
internal sealed partial class PgParser
{
    private PgStatement CreateTable(bool temporary)
    {
        bool ifNotExists = Accept("if", "not", "exists");
        var table = new CreateTable(QualifiedName()) { IfNotExists = ifNotExists, Temporary = temporary };
        if (Accept("partition", "of"))
        {
            return PartitionOf(table with { PartitionOf = QualifiedName() });
        }

        if (Accept("of"))
        {
            _ = QualifiedName();
        }

        if (IsSymbol(_at, '(') && !IsQueryStart(_at + 1))
        {
            table = TableElements(table);
        }

        if (Accept("inherits"))
        {
            ExpectSymbol('(');
            table = table with { Inherits = NameList() };
            ExpectSymbol(')');
        }

        return TableTail(table);
    }

    private bool IsQueryStart(int index) => IsWord(index, "select") || IsWord(index, "with") || IsWord(index, "values") || IsWord(index, "table");

    private CreateTable PartitionOf(CreateTable table)
    {
        if (IsSymbol(_at, '('))
        {
            table = TableElements(table);
        }

        (string bound, bool isDefault) = Bound();
        return TableTail(table with { Bound = bound, DefaultPartition = isDefault });
    }

    private (string Text, bool IsDefault) Bound()
    {
        int first = _at;
        if (Accept("default"))
        {
            return ("DEFAULT", true);
        }

        Expect("for");
        Expect("values");
        while (IsSymbol(_at, '(') || Accept("in") || Accept("from") || Accept("to") || Accept("with"))
        {
            if (IsSymbol(_at, '('))
            {
                SkipGroup();
            }
        }

        return (TextOf(first, _at), false);
    }

    private CreateTable TableTail(CreateTable table)
    {
        while (!AtEnd)
        {
            if (Accept("partition", "by"))
            {
                string strategy = Name().ToUpperInvariant();
                PgExpression key = GroupedExpression();
                table = table with { Partitioned = true, PartitionStrategy = strategy, PartitionColumns = key.Names };
            }
            else if (Accept("as"))
            {
                return table with { Query = Query(_at) };
            }
            else if (Accept("with"))
            {
                if (!Accept("data"))
                {
                    SkipGroup();
                }
            }
            else if (Accept("without", "oids") || Accept("on", "commit") || Accept("drop") || Accept("delete", "rows") || Accept("preserve", "rows"))
            {
            }
            else if (Accept("tablespace"))
            {
                table = table with { Tablespace = Name() };
            }
            else if (Accept("using") || Accept("server"))
            {
                table = table with { AccessMethod = Name() };
            }
            else if (Accept("options"))
            {
                SkipGroup();
            }
            else
            {
                Fail("the end of the statement");
            }
        }

        return table;
    }

    private CreateTable TableElements(CreateTable table)
    {
        ExpectSymbol('(');
        if (AcceptSymbol(')'))
        {
            return table;
        }

        var columns = new List<ColumnDefinition>();
        var constraints = new List<TableConstraint>();
        var likes = new List<PgName>();
        do
        {
            if (Accept("like"))
            {
                likes.Add(QualifiedName());
                while (Accept("including") || Accept("excluding"))
                {
                    _ = Name();
                }
            }
            else if (StartsConstraint())
            {
                Add(constraints, Constraint(columns));
            }
            else
            {
                ColumnDefinition column = Column(typeRequired: table.PartitionOf is null);
                columns.Add(column);
                constraints.AddRange(column.Constraints);
            }
        }
        while (AcceptSymbol(','));
        ExpectSymbol(')');
        return table with { Columns = columns, Constraints = constraints, Likes = likes };
    }

    private static void Add(List<TableConstraint> list, TableConstraint? constraint)
    {
        if (constraint is not null)
        {
            list.Add(constraint);
        }
    }

    private bool StartsConstraint() =>
        Peek("constraint") || Peek("check") || Peek("unique") || Peek("primary", "key") || Peek("foreign", "key") || (Peek("exclude") && (IsSymbol(_at + 1, '(') || IsWord(_at + 1, "using")))
        || Peek("not", "null");

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

    private void SkipKeyTail()
    {
        while (!AtEnd)
        {
            if (Accept("nulls", "distinct") || Accept("nulls", "not", "distinct"))
            {
            }
            else if (Accept("include") || Accept("with"))
            {
                SkipGroup();
            }
            else if (Accept("using", "index", "tablespace"))
            {
                _ = Name();
            }
            else
            {
                return;
            }
        }
    }

    private TableConstraint References(TableConstraint constraint, string prefix, int first)
    {
        PgName target = QualifiedName();
        IReadOnlyList<string> columns = IsSymbol(_at, '(') ? ColumnList() : [];
        string? onDelete = null;
        while (!AtEnd)
        {
            if (Accept("match"))
            {
                _ = Name();
            }
            else if (Accept("on", "delete"))
            {
                onDelete = ReferentialAction();
            }
            else if (Accept("on", "update"))
            {
                _ = ReferentialAction();
            }
            else if (!(Accept("deferrable") || Accept("not", "deferrable") || Accept("initially", "deferred") || Accept("initially", "immediate")))
            {
                break;
            }
        }

        return constraint with { References = target, ReferencedColumns = columns, OnDelete = onDelete, Body = prefix + TextOf(first, _at) };
    }

    private string ReferentialAction()
    {
        string action = Name().ToUpperInvariant();
        if (action is "SET" or "NO")
        {
            action += " " + Name().ToUpperInvariant();
            if (action.StartsWith("SET", StringComparison.Ordinal) && IsSymbol(_at, '('))
            {
                SkipGroup();
            }
        }

        return action;
    }

    private TableConstraint? Constraint(List<ColumnDefinition>? columns)
    {
        string? name = Accept("constraint") ? Name() : null;
        int first = _at;
        TableConstraint? constraint = ConstraintBody(name, first);
        if (constraint is null)
        {
            Fail("a constraint");
            return null;
        }

        string body = constraint.Body.Length > 0 ? constraint.Body : TextOf(first, _at);
        while (!AtEnd)
        {
            if (Accept("not", "valid"))
            {
                constraint = constraint with { NotValid = true };
            }
            else if (Accept("not", "enforced"))
            {
                constraint = constraint with { NotEnforced = true };
            }
            else if (!(Accept("no", "inherit") || Accept("enforced") || Accept("deferrable") || Accept("not", "deferrable") || Accept("initially", "deferred") || Accept("initially", "immediate")))
            {
                break;
            }
            else
            {
                body += " " + TextOf(_at - (IsWord(_at - 1, "deferrable") && !IsWord(_at - 2, "not") || IsWord(_at - 1, "enforced") ? 1 : 2), _at);
                constraint = constraint with { Plain = false };
            }
        }

        if (constraint.Kind == ConstraintKind.PrimaryKey && columns is not null)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                columns[i] = constraint.Columns.Contains(columns[i].Name, StringComparer.Ordinal) ? columns[i] with { NotNull = true } : columns[i];
            }
        }

        return constraint with { Body = body };
    }

    private TableConstraint? ConstraintBody(string? name, int first)
    {
        if (Accept("check"))
        {
            return new TableConstraint(ConstraintKind.Check, name) { Check = GroupedExpression() };
        }

        if (Accept("primary", "key"))
        {
            return Key(new TableConstraint(ConstraintKind.PrimaryKey, name));
        }

        if (Accept("unique"))
        {
            return Key(new TableConstraint(ConstraintKind.Unique, name));
        }

        if (Accept("foreign", "key"))
        {
            var key = new TableConstraint(ConstraintKind.ForeignKey, name) { Columns = ColumnList() };
            Accept("period");
            Expect("references");
            return References(key, "", first);
        }

        if (Accept("exclude"))
        {
            if (Accept("using"))
            {
                _ = Name();
            }

            SkipGroup();
            SkipKeyTail();
            if (Accept("where"))
            {
                SkipGroup();
            }

            return new TableConstraint(ConstraintKind.Exclude, name);
        }

        return Accept("not", "null") ? new TableConstraint(ConstraintKind.NotNull, name) { Columns = [Name()] } : null;
    }

    private TableConstraint Key(TableConstraint constraint)
    {
        if (Accept("using", "index"))
        {
            return constraint with { UsingIndex = Name() };
        }

        bool distinct = Peek("nulls");
        SkipKeyTail();
        IReadOnlyList<string> columns = ColumnList();
        int tail = _at;
        SkipKeyTail();
        return constraint with { Columns = columns, Plain = !distinct && tail == _at };
    }
}
