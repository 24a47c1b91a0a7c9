using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>CREATE TABLE.</content>
internal sealed partial class PgParser
{
    private PgStatement CreateTable(bool temporary, bool unlogged)
    {
        bool ifNotExists = Accept("if", "not", "exists");
        var table = new CreateTable(QualifiedName()) { IfNotExists = ifNotExists, Temporary = temporary, Unlogged = unlogged };
        if (Accept("partition", "of"))
        {
            return PartitionOf(table with { PartitionOf = QualifiedName() });
        }

        bool typed = Accept("of");
        table = typed ? table with { OfType = QualifiedName() } : table;

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

        table = TableTail(table);
        if (!typed && table.Query is null && table.Columns.Any(column => column.Type is null))
        {
            Fail("a type for every column");
        }

        return table;
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
                return table with { NoData = IsWord(_last - 1, "data") && IsWord(_last - 2, "no"), Query = Accept("execute") ? Prepared() : Query(_at) };
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

    private QueryStatement Prepared()
    {
        var name = new PgName(null, Name());
        SkipRest();
        return new QueryStatement("Execute", null) { Prepared = name.Name };
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
                ColumnDefinition column = Column(typeRequired: false);
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
}
