using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>The first words of a statement decide who reads the rest.</content>
internal sealed partial class PgParser
{
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
            "DROP" => Dropped(),
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
        Accept("unlogged");
        if (Accept("table") || Accept("foreign", "table"))
        {
            return CreateTable(temporary);
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
            return CreateTrigger();
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

        string[] known = ["role", "user", "group", "cast", "operator", "aggregate", "collation", "conversion", "text", "language", "trusted", "procedural", "server", "foreign", "publication", "subscription", "statistics", "event", "access", "transform", "default"];
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

        return new CreateSchema(name);
    }

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

        string[] known = ["role", "user", "group", "function", "procedure", "routine", "aggregate", "collation", "conversion", "operator", "text", "language", "server", "foreign", "publication", "subscription", "statistics", "event", "large", "schema", "trigger", "rule", "tablespace"];
        return Recognised("Alter", known);
    }

    private PgStatement Dropped()
    {
        _at++;
        if (Accept("owned"))
        {
            Expect("by");
            var owners = new List<PgName> { new(null, Name()) };
            SkipRest();
            return new DropObjects("OWNED", owners) { Cascade = true };
        }

        return Drop();
    }

    private PgStatement Transaction()
    {
        string first = Span(_at).ToString().ToUpperInvariant();
        string second = _at + 1 < _last ? Span(_at + 1).ToString().ToUpperInvariant() : "";
        bool prepared = second == "PREPARED";
        bool toSavepoint = first == "ROLLBACK" && Enumerable.Range(_at, _last - _at).Any(i => IsWord(i, "to"));
        SkipRest();
        return new TransactionStatement(first switch
        {
            "BEGIN" or "START" => TransactionAction.Begin,
            "COMMIT" or "END" => TransactionAction.Commit,
            "ROLLBACK" or "ABORT" when !toSavepoint && !prepared => TransactionAction.Rollback,
            _ => TransactionAction.Savepoint,
        });
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
        if (AcceptSymbol('.'))
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
