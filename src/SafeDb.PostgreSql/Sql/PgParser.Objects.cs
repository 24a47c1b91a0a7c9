using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>CREATE, ALTER and DROP of everything but tables.</content>
internal sealed partial class PgParser
{
    private PgStatement CreateIndex()
    {
        bool unique = Accept("unique");
        Expect("index");
        bool concurrently = Accept("concurrently");
        bool ifNotExists = Accept("if", "not", "exists");
        string? name = Peek("on") ? null : Name();
        if (AcceptSymbol('.'))
        {
            name = Name();
        }

        Expect("on");
        int table = Peek("only") ? _at + 1 : _at;
        PgName relation = Relation(out bool only);
        int keys = _at;
        string method = Accept("using") ? Name() : "btree";
        var index = new CreateIndex(name, relation) { Unique = unique, Concurrently = concurrently, IfNotExists = ifNotExists, Only = only, Method = method };
        return IndexKeys(index) with { Rest = TextOf(table, _last), Keys = TextOf(keys, _last) };
    }

    private CreateIndex IndexKeys(CreateIndex index)
    {
        var columns = new List<string?>();
        var names = new List<string>();
        bool plain = true;
        ExpectSymbol('(');
        do
        {
            int first = _at;
            PgExpression key = ExpressionUntil();
            bool column = _at > first && _tokens[first].Kind is PgTokenKind.Word or PgTokenKind.QuotedName && !IsSymbol(first + 1, '(');
            plain &= column && _at == first + 1;
            columns.Add(column ? Unquote(first) : null);
            names.AddRange(column ? [] : key.Names);
        }
        while (AcceptSymbol(','));
        ExpectSymbol(')');
        plain &= AtEnd;
        int tail = _at;
        SkipKeyTail();
        index = index with { NullsNotDistinct = Enumerable.Range(tail, _at - tail).Any(i => IsWord(i, "nulls") && IsWord(i + 1, "not")) };
        if (Accept("tablespace"))
        {
            _ = Name();
        }

        if (Accept("where"))
        {
            index = index with { Where = ExpressionUntil() };
            names.AddRange(index.Where.Names);
        }

        return index with { Columns = columns, Plain = plain, ExpressionNames = names };
    }

    private PgStatement CreateView(bool materialized, bool orReplace)
    {
        bool exists = Accept("if", "not", "exists");
        PgName name = QualifiedName();
        if (IsSymbol(_at, '('))
        {
            SkipGroup();
        }

        while (!AtEnd && !Peek("as"))
        {
            _at = IsSymbol(_at, '(') ? SkipParentheses(_at) : _at + 1;
        }

        Expect("as");
        int first = _at;
        QueryStatement query = Query(first);
        bool noData = materialized && IsWord(_last - 1, "data") && IsWord(_last - 2, "no");
        return new CreateView(name, query)
        {
            OrReplace = orReplace && !exists, Materialized = materialized, NoData = noData, Names = Expression(first, _last).Names,
        };
    }

    private PgStatement CreateFunction()
    {
        var function = new CreateFunction(QualifiedName());
        SkipGroup();
        while (!AtEnd)
        {
            function = FunctionPart(function);
        }

        return function;
    }

    private CreateFunction FunctionPart(CreateFunction function)
    {
        if (Accept("language"))
        {
            return function with { Language = LanguageName() };
        }

        if (Accept("immutable") || Accept("stable") || Accept("volatile"))
        {
            return function with { Volatility = Span(_at - 1).ToString().ToUpperInvariant() };
        }

        if (Accept("security", "definer"))
        {
            return function with { SecurityDefiner = true };
        }

        if (Accept("set"))
        {
            string setting = Name();
            return function with { SetsSearchPath = function.SetsSearchPath || setting == "search_path" };
        }

        if (Accept("as"))
        {
            return function with { Body = Literal() };
        }

        if (Peek("begin", "atomic") || Peek("return"))
        {
            string body = TextOf(_at, _last);
            SkipRest();
            return function with { Body = body, Language = "sql", Atomic = true };
        }

        _at = IsSymbol(_at, '(') ? SkipParentheses(_at) : _at + 1;
        return function;
    }

    private PgStatement CreateTrigger(bool orReplace)
    {
        string name = Name();
        while (!AtEnd && !Peek("on"))
        {
            _at++;
        }

        Expect("on");
        var trigger = new CreateTrigger(name, QualifiedName()) { OrReplace = orReplace };
        if (Accept("from"))
        {
            trigger = trigger with { From = QualifiedName() };
        }

        SkipRest();
        return trigger;
    }

    private PgStatement TableDefinition(string kind)
    {
        string name = Name();
        while (!AtEnd && !Peek("on") && !Peek("to"))
        {
            _at++;
        }

        if (Accept("to"))
        {
            PgName table = QualifiedName();
            SkipRest();
            return new TableDefinition(kind, name, table);
        }

        Expect("on");
        if (IsAny(_at < _last ? _at : _last - 1, ["select", "insert", "update", "delete"]))
        {
            _at++;
            Expect("to");
        }

        var definition = new TableDefinition(kind, name, QualifiedName());
        SkipRest();
        return definition;
    }

    private PgStatement CreateType()
    {
        PgName name = QualifiedName();
        List<string>? values = null;
        if (Accept("as", "enum"))
        {
            values = [];
            ExpectSymbol('(');
            while (!AtEnd && !IsSymbol(_at, ')'))
            {
                values.Add(Literal());
                AcceptSymbol(',');
            }

            ExpectSymbol(')');
        }
        else
        {
            SkipRest();
        }

        return new CreateType(name, values);
    }

    private PgStatement AlterType()
    {
        PgName name = QualifiedName();
        if (Accept("add", "value"))
        {
            Accept("if", "not", "exists");
            string value = Literal();
            if (Accept("before") || Accept("after"))
            {
                _ = Literal();
            }

            return new AlterType(name, "ADD VALUE") { Value = value };
        }

        if (Accept("rename", "value"))
        {
            string value = Literal();
            Expect("to");
            return new AlterType(name, "RENAME VALUE") { Value = value, NewValue = Literal() };
        }

        if (Accept("rename", "to"))
        {
            return new AlterType(name, "RENAME TO") { Value = Name() };
        }

        string change = Peek("owner") ? "OWNER" : Peek("set") ? "SET" : "ATTRIBUTE";
        bool known = AtEnd || IsAny(_at, ["owner", "set", "add", "drop", "alter", "rename"]);
        bool cascade = IsWord(_last - 1, "cascade");
        if (known)
        {
            SkipRest();
        }

        return new AlterType(name, change) { Cascade = cascade };
    }

    private PgStatement CreateDomain()
    {
        PgName name = QualifiedName();
        Accept("as");
        PgType type = Type();
        bool constrained = false;
        for (int i = _at; i < _last; i++)
        {
            constrained |= IsWord(i, "check") || (IsWord(i, "not") && IsWord(i + 1, "null"));
        }

        SkipRest();
        return new CreateDomain(name, type, constrained);
    }

    private PgStatement AlterDomain()
    {
        PgName name = QualifiedName();
        int first = _at;
        string? constraint = null;
        string change;
        if (Accept("add"))
        {
            constraint = Accept("constraint") ? Name() : null;
            change = "ADD";
        }
        else if (Accept("validate", "constraint"))
        {
            constraint = Name();
            change = "VALIDATE";
        }
        else
        {
            change = Accept("set", "not", "null") ? "SET NOT NULL" : AtEnd ? "" : string.Join(' ', Enumerable.Range(_at, Math.Min(2, _last - _at)).Select(i => Span(i).ToString().ToUpperInvariant()));
            if (!IsAny(first < _last ? first : _last - 1, ["set", "drop", "rename", "owner"]))
            {
                Fail("an action of ALTER DOMAIN");
            }
        }

        bool notValid = IsWord(_last - 1, "valid") && IsWord(_last - 2, "not");
        string text = TextOf(first, notValid ? _last - 2 : _last);
        SkipRest();
        return new AlterDomain(name, change) { NotValid = notValid, Constraint = constraint, Text = text };
    }

    private PgStatement Sequence(string kind)
    {
        _ = Accept("if", "not", "exists") || Accept("if", "exists");
        PgName name = QualifiedName();
        if (Peek("rename") || Peek("owner") || Peek("set", "schema"))
        {
            SkipRest();
            return new SequenceStatement(kind, name) { Moves = true };
        }

        bool restart = false;
        bool redefines = false;
        PgName? owner = null;
        while (!AtEnd)
        {
            if (Accept("owned", "by"))
            {
                string first = Name();
                string? second = AcceptSymbol('.') ? Name() : null;
                string? third = second is not null && AcceptSymbol('.') ? Name() : null;
                owner = second is null ? null : third is null ? new PgName(null, first) : new PgName(first, second);
                continue;
            }

            restart |= Peek("restart");
            redefines = true;
            _at++;
        }

        return new SequenceStatement(kind, name) { Restart = restart, Redefines = redefines, OwnedBy = owner };
    }
}
