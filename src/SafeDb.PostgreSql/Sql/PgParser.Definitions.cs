using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Objects that only hang on tables: statistics, publications, subscriptions, labels.</content>
internal sealed partial class PgParser
{
    // CREATE STATISTICS … FROM t; CREATE/ALTER PUBLICATION … TABLE a, b: the tables named are locked while the definition is made.
    private PgStatement RelationDefinition(string verb)
    {
        string kind = verb + (Peek("statistics") ? "Statistics" : "Publication");
        bool statistics = Accept("statistics");
        _at += statistics ? 0 : 1;
        var tables = new List<PgName>();
        for (; !AtEnd; _at++)
        {
            if (IsSymbol(_at, '('))
            {
                _at = SkipParentheses(_at) - 1;
            }
            else if (statistics ? Peek("from") : Peek("table"))
            {
                _at++;
                DefinedTables(tables);
                break;
            }
        }

        SkipRest();
        return new RelationsStatement(kind, tables, PgLock.ShareUpdateExclusive);
    }

    private void DefinedTables(List<PgName> tables)
    {
        do
        {
            // A publication's list can go on with TABLES IN SCHEMA.
            if (Peek("tables") || AtEnd || IsSymbol(_at, '('))
            {
                return;
            }

            Accept("table");
            tables.Add(Relation(out _));
            if (IsSymbol(_at, '('))
            {
                SkipGroup();
            }

            if (Accept("where"))
            {
                SkipGroup();
            }
        }
        while (AcceptSymbol(','));
    }

    // A subscription that makes or drops a slot on the publisher cannot be taken back, so the server refuses it inside a transaction.
    private PlainStatement Subscription(string kind)
    {
        _ = Name();
        bool outside = kind == "CreateSubscription" || Peek("refresh") || Peek("set", "publication") || Peek("add", "publication") || Peek("drop", "publication");
        for (int i = _at; i + 2 < _last; i++)
        {
            bool off = IsWord(i + 2, "false") || IsWord(i + 2, "off") || IsWord(i + 2, "none") || Span(i + 2) is "0";
            outside &= !(off && (IsWord(i, "connect") || IsWord(i, "create_slot") || IsWord(i, "refresh")));
        }

        SkipRest();
        return new PlainStatement(kind, ChangesSchema: true) { OutsideTransactionOnly = outside };
    }

    // ALTER TRIGGER or RULE name ON table RENAME TO new
    private PgStatement RelationOfPart(string kind)
    {
        _ = Name();
        Expect("on");
        PgName table = QualifiedName();
        SkipRest();
        return new RelationsStatement(kind, [table], kind == "AlterTrigger" && Depends() ? PgLock.None : PgLock.AccessExclusive);
    }

    private bool Depends() => IsWord(_last - 4, "depends");

    // SECURITY LABEL [FOR provider] ON kind name IS …
    private PgStatement SecurityLabel()
    {
        _at++;
        Expect("label");
        if (Accept("for"))
        {
            _at++;
        }

        Expect("on");
        bool relation = Accept("table") || Accept("view") || Accept("materialized", "view") || Accept("foreign", "table");
        bool column = !relation && Accept("column");
        PgName? table = relation || column ? QualifiedName() : null;
        SkipRest();
        return new RelationsStatement("SecurityLabel", table is null || column ? [] : [table], PgLock.ShareUpdateExclusive);
    }
}
