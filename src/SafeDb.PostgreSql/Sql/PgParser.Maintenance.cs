using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Maintenance, privileges, comments, code.</content>
internal sealed partial class PgParser
{
    private PgStatement Comment()
    {
        _at++;
        Expect("on");
        string kind = Accept("materialized", "view") ? "MATERIALIZED VIEW" : Accept("foreign", "table") ? "FOREIGN TABLE" : Name().ToUpperInvariant();
        PgName? table = null;
        if (kind is "TABLE" or "VIEW" or "MATERIALIZED VIEW" or "FOREIGN TABLE" or "INDEX" or "SEQUENCE")
        {
            table = QualifiedName();
        }
        else if (kind == "COLUMN")
        {
            var parts = new List<string> { Name() };
            while (AcceptSymbol('.'))
            {
                parts.Add(Name());
            }

            table = parts.Count < 2 ? null : new PgName(parts.Count > 2 ? parts[^3] : null, parts[^2]);
        }
        else if (kind is "CONSTRAINT" or "TRIGGER" or "POLICY" or "RULE")
        {
            _ = Name();
            Expect("on");
            table = Accept("domain") ? null : QualifiedName();
        }

        SkipRest();
        return new CommentStatement(kind, table);
    }

    private PgStatement Grant()
    {
        bool revoke = Span(_at++).Equals("revoke", StringComparison.OrdinalIgnoreCase);
        int first = _at;
        while (!AtEnd && !Peek("on") && !Peek("to") && !Peek("from"))
        {
            _at = IsSymbol(_at, '(') ? SkipParentheses(_at) : _at + 1;
        }

        string privileges = TextOf(first, _at);
        if (AtEnd || privileges.Length == 0)
        {
            Fail("ON, TO or FROM");
        }

        bool isPublic = LastPublic();
        SkipRest();
        return new GrantStatement(revoke, privileges, isPublic);
    }

    private bool LastPublic()
    {
        for (int i = _at; i < _last; i++)
        {
            if (IsWord(i, "public") && (IsWord(i - 1, "to") || IsWord(i - 1, "from") || IsSymbol(i - 1, ',')))
            {
                return true;
            }
        }

        return false;
    }

    private PgStatement Truncate()
    {
        _at++;
        Accept("table");
        List<PgName> tables = NameList();
        bool restart = Accept("restart", "identity");
        _ = restart || Accept("continue", "identity");
        return new TruncateStatement(tables, Cascade(), restart);
    }

    private PgStatement Lock()
    {
        _at++;
        Accept("table");
        List<PgName> tables = NameList();
        string mode = "AccessExclusive";
        if (Accept("in"))
        {
            var words = new List<string>();
            while (!AtEnd && !Peek("mode"))
            {
                string word = Name();
                words.Add(word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..]);
            }

            Expect("mode");
            mode = string.Concat(words);
        }

        Accept("nowait");
        return new LockStatement(tables, mode);
    }

    private PgStatement Vacuum()
    {
        bool analyzeOnly = !Span(_at++).Equals("vacuum", StringComparison.OrdinalIgnoreCase);
        bool full = false;
        if (IsSymbol(_at, '('))
        {
            int end = SkipParentheses(_at);
            for (int i = _at; i < end; i++)
            {
                full |= IsWord(i, "full") && !IsWord(i + 1, "false") && !IsWord(i + 1, "off");
            }

            _at = end;
        }

        while (!AtEnd && IsAny(_at, ["full", "freeze", "verbose", "analyze", "analyse"]))
        {
            full |= Peek("full");
            _at++;
        }

        var tables = new List<PgName>();
        while (!AtEnd)
        {
            tables.Add(Relation(out _));
            if (IsSymbol(_at, '('))
            {
                SkipGroup();
            }

            if (!AcceptSymbol(','))
            {
                break;
            }
        }

        return new VacuumStatement(tables, full, analyzeOnly);
    }

    private PgStatement Cluster()
    {
        _at++;
        if (IsSymbol(_at, '('))
        {
            SkipGroup();
        }

        Accept("verbose");
        if (AtEnd)
        {
            return new ClusterStatement(null, null);
        }

        PgName name = QualifiedName();
        if (Accept("using"))
        {
            return new ClusterStatement(name, Name());
        }

        return Accept("on") ? new ClusterStatement(QualifiedName(), name.Name) : new ClusterStatement(name, null);
    }

    private PgStatement Reindex()
    {
        _at++;
        bool concurrently = false;
        if (IsSymbol(_at, '('))
        {
            int end = SkipParentheses(_at);
            for (int i = _at; i < end; i++)
            {
                concurrently |= IsWord(i, "concurrently") && !IsWord(i + 1, "false") && !IsWord(i + 1, "off");
            }

            _at = end;
        }

        string target = Name().ToUpperInvariant();
        if (target is not ("INDEX" or "TABLE" or "SCHEMA" or "DATABASE" or "SYSTEM"))
        {
            Fail("INDEX, TABLE, SCHEMA, DATABASE or SYSTEM");
        }

        concurrently |= Accept("concurrently");
        return new ReindexStatement(target, AtEnd ? null : QualifiedName(), concurrently);
    }

    private PgStatement Refresh()
    {
        _at++;
        Expect("materialized");
        Expect("view");
        bool concurrently = Accept("concurrently");
        PgName name = QualifiedName();
        bool noData = false;
        if (Accept("with"))
        {
            noData = Accept("no");
            Expect("data");
        }

        return new RefreshStatement(name, concurrently) { NoData = noData };
    }

    private PgStatement Copy()
    {
        _at++;
        if (IsSymbol(_at, '('))
        {
            int end = SkipParentheses(_at);
            PgStatement inner = StartsQuery(_at + 1) ? Parse(_text, _tokens, (_at + 1)..Math.Max(_at + 1, end - 1)) : new UnknownStatement("");
            if (inner is not QueryStatement)
            {
                Fail("a query");
            }

            SkipRest();
            return new CopyStatement(null, From: false) { Query = inner as QueryStatement };
        }

        // The old syntax puts BINARY before the table's name.
        _at += Peek("binary") && !IsWord(_at + 1, "from") && !IsWord(_at + 1, "to") && !IsSymbol(_at + 1, '(') && !IsSymbol(_at + 1, '.') ? 1 : 0;
        PgName table = QualifiedName();
        if (IsSymbol(_at, '('))
        {
            SkipGroup();
        }

        bool from = Accept("from");
        if (!from)
        {
            Expect("to");
        }

        SkipRest();
        return new CopyStatement(table, from);
    }

    private PgStatement Code()
    {
        string verb = Span(_at++).ToString().ToLowerInvariant();
        string kind = char.ToUpperInvariant(verb[0]) + verb[1..];
        if (kind != "Do")
        {
            PgName? called = AtEnd ? null : QualifiedName();
            SkipRest();
            return new CodeStatement(kind, null, -1, "") { Called = called };
        }

        string language = "plpgsql";
        string? body = null;
        int start = -1;
        while (!AtEnd)
        {
            if (Accept("language"))
            {
                language = LanguageName();
            }
            else
            {
                int token = _at;
                body = Literal();
                int open = token < _last && Span(token)[0] == '$' ? Span(token)[1..].IndexOf('$') + 2 : -1;
                start = open < 0 ? -1 : _tokens[token].Start + open;
            }
        }

        return new CodeStatement("Do", body, start, language);
    }

    private PgStatement Prepare()
    {
        _at++;
        if (Accept("transaction"))
        {
            _ = Literal();

            // The transaction lives on with its locks, but this session leaves it.
            return new TransactionStatement(TransactionAction.Commit);
        }

        string name = Name();
        if (IsSymbol(_at, '('))
        {
            SkipGroup();
        }

        Expect("as");
        if (!StartsQuery(_at))
        {
            Fail("a query");
        }

        return new PrepareStatement(name, Statement());
    }

    private string LanguageName() => (!AtEnd && _tokens[_at].Kind == PgTokenKind.String ? Literal() : Name()).ToLowerInvariant();

    private PgStatement Other()
    {
        string word = Span(_at).ToString().ToUpperInvariant();
        switch (word)
        {
            case "EXPLAIN":
                _at++;
                bool analyze = false;
                while (!AtEnd && ((IsSymbol(_at, '(') && !IsQueryStart(_at + 1) && !IsSymbol(_at + 1, '(')) || IsAny(_at, ["analyze", "analyse", "verbose"])))
                {
                    int end = IsSymbol(_at, '(') ? SkipParentheses(_at) : _at + 1;
                    for (; _at < end; _at++)
                    {
                        analyze |= (Peek("analyze") || Peek("analyse")) && !IsWord(_at + 1, "false") && !IsWord(_at + 1, "off") && !(_at + 1 < _last && Span(_at + 1) is "0");
                    }
                }

                if (!StartsQuery(_at) && (AtEnd || !IsAny(_at, ["create", "execute", "declare", "refresh"])))
                {
                    Fail("a statement that EXPLAIN takes");
                }

                PgStatement explained = Statement();
                return analyze ? explained : new PlainStatement("Explain", ChangesSchema: false);
            case "DISCARD":
                bool all = IsWord(_at + 1, "all");
                SkipRest();
                return new PlainStatement("Discard", ChangesSchema: false) { OutsideTransactionOnly = all };
            case "PREPARE":
                return Prepare();
            case "SECURITY":
                return SecurityLabel();
            case "DEALLOCATE" or "LISTEN" or "UNLISTEN" or "NOTIFY" or "SHOW" or "DECLARE" or "FETCH" or "MOVE" or "CLOSE" or "CHECKPOINT" or "LOAD":
                string name = char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant();
                SkipRest();
                return new PlainStatement(name, ChangesSchema: false);
            case "REASSIGN" or "IMPORT":
                SkipRest();
                return new PlainStatement(char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant(), ChangesSchema: true);
            default:
                Fail("a statement that PostgreSQL knows");
                return new UnknownStatement("");
        }
    }
}
