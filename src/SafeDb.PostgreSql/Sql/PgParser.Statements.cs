using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>The first words of a statement decide who reads the rest.</content>
internal sealed partial class PgParser
{
    private static readonly string[] TransactionModes = ["isolation", "level", "serializable", "repeatable", "read", "committed", "uncommitted", "only", "write", "not", "deferrable"];

    private PgStatement Statement()
    {
        if (AtEnd)
        {
            Fail("a statement");
            return new UnknownStatement("empty");
        }

        if (IsSymbol(_at, '('))
        {
            return Query(_at);
        }

        return Span(_at).ToString().ToUpperInvariant() switch
        {
            "CREATE" => Create(),
            "ALTER" => Alter(),
            "DROP" => Drop(),
            "SELECT" or "INSERT" or "UPDATE" or "DELETE" or "MERGE" or "WITH" or "VALUES" or "TABLE" => Query(_at),
            "BEGIN" or "START" or "COMMIT" or "END" or "ROLLBACK" or "ABORT" or "SAVEPOINT" or "RELEASE" => Transaction(),
            "SET" or "RESET" => Set(),
            "COMMENT" => Comment(),
            "GRANT" or "REVOKE" => Grant(),
            "TRUNCATE" => Truncate(),
            "LOCK" => Lock(),
            "VACUUM" or "ANALYZE" or "ANALYSE" => Vacuum(),
            "CLUSTER" => Cluster(),
            "REINDEX" => Reindex(),
            "REFRESH" => Refresh(),
            "COPY" => Copy(),
            "DO" or "CALL" or "EXECUTE" => Code(),
            _ => Other(),
        };
    }

    private bool StartsQuery(int index) =>
        index < _last && (IsSymbol(index, '(') || IsAny(index, ["select", "insert", "update", "delete", "merge", "with", "values", "table"]));

    private PgStatement Create()
    {
        _at++;
        bool orReplace = Accept("or", "replace");
        if (Peek("unique") || Peek("index"))
        {
            return CreateIndex();
        }

        bool local = Accept("global") || Accept("local");
        bool temporary = Accept("temporary") || Accept("temp") || local;
        bool unlogged = Accept("unlogged");
        if (Accept("table") || Accept("foreign", "table"))
        {
            return CreateTable(temporary, unlogged);
        }

        _ = Accept("recursive");
        if (Accept("view") || Accept("materialized", "view"))
        {
            return CreateView(IsWord(_at - 2, "materialized"), orReplace);
        }

        if (Accept("function") || Accept("procedure"))
        {
            return CreateFunction();
        }

        if (Accept("constraint", "trigger") || Accept("trigger"))
        {
            return CreateTrigger(orReplace);
        }

        return CreateOther();
    }

    private PgStatement CreateOther()
    {
        if (Accept("sequence"))
        {
            return Sequence("CreateSequence");
        }

        if (Accept("type"))
        {
            return CreateType();
        }

        if (Accept("domain"))
        {
            return CreateDomain();
        }

        if (Accept("policy"))
        {
            return TableDefinition("CreatePolicy");
        }

        if (Accept("rule"))
        {
            return TableDefinition("CreateRule");
        }

        if (Accept("extension"))
        {
            Accept("if", "not", "exists");
            string name = Name();
            SkipRest();
            return new ExtensionStatement("CreateExtension", name, Update: false);
        }

        if (Accept("schema"))
        {
            return CreateSchema();
        }

        if (Accept("database") || Accept("tablespace"))
        {
            string kind = IsWord(_at - 1, "database") ? "CreateDatabase" : "CreateTablespace";
            string name = Name();
            SkipRest();
            return new ServerStatement(kind, name, Destroys: false);
        }

        if (Peek("statistics") || Peek("publication"))
        {
            return RelationDefinition("Create");
        }

        if (Accept("subscription"))
        {
            return Subscription("CreateSubscription");
        }

        string[] known = ["role", "user", "group", "cast", "operator", "aggregate", "collation", "conversion", "text", "language", "trusted", "procedural", "server", "foreign", "event", "access", "transform", "default"];
        return Recognised("Create", known);
    }

    private PgStatement CreateSchema()
    {
        Accept("if", "not", "exists");
        Accept("authorization");
        string name = Name();
        if (Accept("authorization"))
        {
            _ = Name();
        }

        return new CreateSchema(name) { Elements = SchemaElements() };
    }

    // What CREATE SCHEMA makes at once: CREATE TABLE, VIEW, INDEX, SEQUENCE, TRIGGER, and GRANT, one behind the other without semicolons.
    private List<PgStatement> SchemaElements()
    {
        var elements = new List<PgStatement>();
        while (!AtEnd && _failure is null)
        {
            int end = _at + 1;
            for (int depth = 0; end < _last && (depth > 0 || !StartsElement(end)); end++)
            {
                depth += IsSymbol(end, '(') ? 1 : IsSymbol(end, ')') ? -1 : 0;
            }

            PgStatement element = StartsElement(_at) ? Parse(_text, _tokens, _at..end) : new UnknownStatement("expected CREATE or GRANT");
            if (element is UnknownStatement)
            {
                Fail("an element of CREATE SCHEMA");
            }

            elements.Add(element);
            _at = Math.Max(end, _at);
        }

        return elements;
    }

    private bool StartsElement(int index) =>
        IsWord(index, "grant") ? !IsWord(index - 1, "with") && !IsWord(index + 1, "option")
        : IsWord(index, "create") && index + 1 < _last && IsAny(index + 1, ["table", "view", "index", "unique", "sequence", "trigger", "temp", "temporary", "local", "global", "unlogged", "or", "constraint", "recursive"]);

    private PgStatement Recognised(string verb, ReadOnlySpan<string> known)
    {
        if (AtEnd || !IsAny(_at, known))
        {
            Fail("an object that PostgreSQL knows");
            return new UnknownStatement("");
        }

        string word = Span(_at).ToString().ToLowerInvariant();
        SkipRest();
        return new PlainStatement($"{verb}{char.ToUpperInvariant(word[0])}{word[1..]}", ChangesSchema: true);
    }

    private PgStatement Alter()
    {
        _at++;
        if (Accept("materialized", "view"))
        {
            return AlterRelation("MATERIALIZED VIEW");
        }

        if (Accept("table") || Accept("foreign", "table"))
        {
            return AlterRelation("TABLE");
        }

        if (Accept("index") || Accept("view"))
        {
            return AlterRelation(Span(_at - 1).ToString().ToUpperInvariant());
        }

        if (Accept("sequence"))
        {
            return Sequence("AlterSequence");
        }

        if (Accept("type"))
        {
            return AlterType();
        }

        if (Accept("domain"))
        {
            return AlterDomain();
        }

        if (Accept("policy"))
        {
            return TableDefinition("AlterPolicy");
        }

        return AlterOther();
    }

    private PgStatement AlterOther()
    {
        if (Accept("extension"))
        {
            string name = Name();
            bool update = Peek("update");
            SkipRest();
            return new ExtensionStatement("AlterExtension", name, update);
        }

        if (Accept("system"))
        {
            SkipRest();
            return new ServerStatement("AlterSystem", null, Destroys: false);
        }

        if (Accept("database"))
        {
            string name = Name();
            bool tablespace = Peek("set", "tablespace");
            SkipRest();
            return new ServerStatement("AlterDatabase", name, Destroys: false) { OutsideTransactionOnly = tablespace };
        }

        if (Accept("default", "privileges"))
        {
            string rest = TextOf(_at, _last);
            bool revoke = rest.Contains("revoke", StringComparison.OrdinalIgnoreCase);
            bool isPublic = LastPublic();
            SkipRest();
            return new GrantStatement(revoke, rest, isPublic);
        }

        if (Peek("publication"))
        {
            return RelationDefinition("Alter");
        }

        if (Accept("subscription"))
        {
            return Subscription("AlterSubscription");
        }

        if (Accept("trigger") || Accept("rule"))
        {
            return RelationOfPart("Alter" + (IsWord(_at - 1, "rule") ? "Rule" : "Trigger"));
        }

        Accept("procedural");
        string[] known = ["role", "user", "group", "function", "procedure", "routine", "aggregate", "collation", "conversion", "operator", "text", "language", "server", "foreign", "statistics", "event", "large", "schema", "tablespace"];
        return Recognised("Alter", known);
    }

    private PgStatement Transaction()
    {
        string first = Span(_at++).ToString().ToUpperInvariant();
        if (first is "SAVEPOINT" or "RELEASE")
        {
            _ = first == "RELEASE" && Accept("savepoint");
            _ = Name();
            return new TransactionStatement(TransactionAction.Savepoint);
        }

        bool prepared = Accept("prepared");
        if (prepared)
        {
            _ = Literal();
            return new PlainStatement(first == "COMMIT" ? "CommitPrepared" : "RollbackPrepared", ChangesSchema: true) { OutsideTransactionOnly = true };
        }

        _ = Accept("transaction") || Accept("work");
        if (Accept("to"))
        {
            Accept("savepoint");
            _ = Name();
            return new TransactionStatement(TransactionAction.Savepoint);
        }

        bool begins = first is "BEGIN" or "START";
        while (begins && !AtEnd && (IsAny(_at, TransactionModes) || IsSymbol(_at, ',')))
        {
            _at++;
        }

        bool chained = !begins && Accept("and", "chain");
        Accept("and", "no", "chain");
        return new TransactionStatement(begins ? TransactionAction.Begin : first is "COMMIT" or "END" ? TransactionAction.Commit : TransactionAction.Rollback) { Chained = chained };
    }

    private PgStatement Set()
    {
        bool reset = Span(_at++).Equals("reset", StringComparison.OrdinalIgnoreCase);
        bool local = !reset && Accept("local");
        _ = local || Accept("session");
        if (Accept("time", "zone"))
        {
            return new SetStatement("timezone", SetValue(), local);
        }

        if (Accept("transaction") || Accept("characteristics") || Accept("constraints") || Accept("authorization") || Accept("role"))
        {
            SkipRest();
            return new SetStatement("session", null, local);
        }

        string name = Name().ToLowerInvariant();
        while (AcceptSymbol('.'))
        {
            name += "." + Name();
        }

        if (reset)
        {
            return new SetStatement(name, null, Local: false);
        }

        if (!Accept("to") && !(!AtEnd && Span(_at) is "="))
        {
            SkipRest();
            return new SetStatement(name, null, local);
        }

        _at += !AtEnd && Span(_at) is "=" ? 1 : 0;
        return new SetStatement(name, SetValue(), local);
    }

    private string? SetValue()
    {
        int first = _at;
        SkipRest();
        if (IsWord(first, "default") || IsWord(first, "local"))
        {
            return null;
        }

        var parts = new List<string>();
        for (int i = first; i < _last; i++)
        {
            parts.Add(_tokens[i].Kind == PgTokenKind.String ? StringValue(i) : _tokens[i].Kind is PgTokenKind.Word or PgTokenKind.QuotedName ? Unquote(i) : Span(i).ToString());
        }

        return string.Concat(parts);
    }
}
