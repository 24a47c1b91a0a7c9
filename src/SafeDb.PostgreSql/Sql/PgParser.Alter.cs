using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>ALTER TABLE and what shares its grammar.</content>
internal sealed partial class PgParser
{
    private PgStatement AlterRelation(string target)
    {
        if (Accept("all", "in", "tablespace"))
        {
            SkipRest();
            return new PlainStatement("AlterAllInTablespace", ChangesSchema: true);
        }

        bool ifExists = Accept("if", "exists");
        bool only = Accept("only");
        PgName name = QualifiedName();
        if (!AtEnd && Span(_at) is "*")
        {
            _at++;
        }

        var actions = new List<AlterAction>();
        do
        {
            int first = _at;
            AlterAction? action = Action(target);
            if (action is null)
            {
                Fail("an action of ALTER " + target);
                break;
            }

            actions.Add(action with { Text = TextOf(first, _at), Start = first < _last ? _tokens[first].Start : 0 });
        }
        while (AcceptSymbol(','));
        return new AlterTable(target, name, actions) { IfExists = ifExists, Only = only };
    }

    private AlterAction? Action(string target)
    {
        if (Accept("add"))
        {
            return AddAction();
        }

        if (Accept("drop"))
        {
            return DropAction();
        }

        if (Accept("alter"))
        {
            return AlterMember();
        }

        if (Accept("rename"))
        {
            return Rename();
        }

        if (Accept("set"))
        {
            return SetAction();
        }

        if (Accept("validate", "constraint"))
        {
            return new ValidateConstraint(Name());
        }

        return PartitionAction() ?? StateAction(target);
    }

    private AlterAction? AddAction()
    {
        if (StartsConstraint())
        {
            return Constraint(null) is { } constraint ? new AddConstraint(constraint) : null;
        }

        Accept("column");
        bool ifNotExists = Accept("if", "not", "exists");
        return new AddColumn(Column(typeRequired: true), ifNotExists);
    }

    private AlterAction DropAction()
    {
        bool constraint = Accept("constraint");
        if (!constraint)
        {
            Accept("column");
        }

        bool ifExists = Accept("if", "exists");
        string name = Name();
        bool cascade = Cascade();
        return constraint ? new DropConstraint(name, ifExists, cascade) : new DropColumn(name, ifExists, cascade);
    }

    private bool Cascade()
    {
        bool cascade = Accept("cascade");
        _ = cascade || Accept("restrict");
        return cascade;
    }

    private AlterAction? AlterMember()
    {
        if (Accept("constraint"))
        {
            var altered = new AlterConstraint(Name());
            while (Accept("not") || Accept("deferrable") || Accept("initially") || Accept("deferred") || Accept("immediate") || Accept("enforced") || Accept("no") || Accept("inherit"))
            {
            }

            return altered;
        }

        Accept("column");
        string column = !AtEnd && _tokens[_at].Kind == PgTokenKind.Number ? Span(_at++).ToString() : Name();
        if (Accept("set", "data", "type") || Accept("type"))
        {
            PgType type = Type();
            PgName? collation = Accept("collate") ? QualifiedName() : null;
            return new AlterColumnType(column, type, collation, Accept("using") ? ExpressionUntil() : null);
        }

        if (Accept("set"))
        {
            return SetColumn(column);
        }

        if (Accept("drop"))
        {
            return DropOfColumn(column);
        }

        return AlterIdentity(column);
    }

    private AlterAction? SetColumn(string column)
    {
        if (Accept("not", "null"))
        {
            return new SetNotNull(column);
        }

        if (Accept("default"))
        {
            return new SetDefault(column, ExpressionUntil());
        }

        if (Accept("expression"))
        {
            Expect("as");
            return new SetExpression(column, GroupedExpression());
        }

        if (Accept("statistics"))
        {
            _at = Math.Min(_last, _at + (!AtEnd && Span(_at) is "-" ? 2 : 1));
            return new CatalogueAction("SET STATISTICS", PgLock.ShareUpdateExclusive, column);
        }

        if (Accept("storage") || Accept("compression"))
        {
            _ = Name();
            return new CatalogueAction("SET STORAGE", PgLock.AccessExclusive, column);
        }

        if (IsSymbol(_at, '('))
        {
            SkipGroup();
            return new CatalogueAction("SET (…)", PgLock.ShareUpdateExclusive, column);
        }

        return IdentityOptions(column, "SET GENERATED");
    }

    private AlterAction? DropOfColumn(string column)
    {
        if (Accept("not", "null"))
        {
            return new DropNotNull(column);
        }

        if (Accept("default"))
        {
            return new SetDefault(column, null);
        }

        if (Accept("expression") || Accept("identity"))
        {
            string what = IsWord(_at - 1, "identity") ? "DROP IDENTITY" : "DROP EXPRESSION";
            Accept("if", "exists");
            return new CatalogueAction(what, PgLock.AccessExclusive, column);
        }

        return null;
    }

    private AlterAction? AlterIdentity(string column)
    {
        if (Accept("reset"))
        {
            SkipGroup();
            return new CatalogueAction("RESET (…)", PgLock.ShareUpdateExclusive, column);
        }

        if (Accept("add", "generated"))
        {
            _ = Accept("always") || Accept("by", "default");
            Expect("as");
            Expect("identity");
            if (IsSymbol(_at, '('))
            {
                SkipGroup();
            }

            return new CatalogueAction("ADD IDENTITY", PgLock.AccessExclusive, column);
        }

        return IdentityOptions(column, "RESTART");
    }

    private AlterAction? IdentityOptions(string column, string what)
    {
        int first = _at;
        while (!AtEnd && !IsSymbol(_at, ','))
        {
            _at++;
        }

        bool known = first < _last && IsAny(first, ["generated", "restart", "increment", "minvalue", "maxvalue", "start", "cache", "cycle", "no", "sequence"]);
        return known ? new CatalogueAction(what, PgLock.AccessExclusive, column) : null;
    }

    private AlterAction? Rename()
    {
        if (Accept("to"))
        {
            return new RenameTo(Name());
        }

        bool constraint = Accept("constraint");
        _ = constraint || Accept("column");
        string name = Name();
        Expect("to");
        return constraint ? new RenameConstraint(name, Name()) : new RenameColumn(name, Name());
    }

    private AlterAction? SetAction()
    {
        if (Accept("schema"))
        {
            return new SetSchema(Name());
        }

        if (Accept("logged") || Accept("unlogged"))
        {
            return new SetLogged(IsWord(_at - 1, "logged"));
        }

        if (Accept("tablespace"))
        {
            var tablespace = new SetTablespace(Name());
            Accept("nowait");
            return tablespace;
        }

        if (Accept("access", "method"))
        {
            return new SetAccessMethod(Name());
        }

        if (Accept("without"))
        {
            return new CatalogueAction("SET WITHOUT " + Name().ToUpperInvariant(), PgLock.ShareUpdateExclusive, null);
        }

        if (IsSymbol(_at, '('))
        {
            SkipGroup();
            return new CatalogueAction("SET (…)", PgLock.ShareUpdateExclusive, null);
        }

        return null;
    }

    private AlterAction? PartitionAction()
    {
        if (Accept("attach", "partition"))
        {
            PgName partition = QualifiedName();
            if (AtEnd)
            {
                return new AttachPartition(partition, "", false);
            }

            (string bound, bool isDefault) = Bound();
            return new AttachPartition(partition, bound, isDefault);
        }

        if (Accept("detach", "partition"))
        {
            PgName partition = QualifiedName();
            bool concurrently = Accept("concurrently");
            return new DetachPartition(partition, concurrently, Accept("finalize"));
        }

        if (Accept("no", "inherit"))
        {
            return new InheritParent(QualifiedName(), Remove: true);
        }

        return Accept("inherit") ? new InheritParent(QualifiedName(), Remove: false) : null;
    }

    private AlterAction? StateAction(string target)
    {
        if (Accept("owner"))
        {
            Expect("to");
            return new OwnerTo(Name());
        }

        if (Accept("enable") || Accept("disable") || Accept("force") || Accept("no", "force"))
        {
            return EnableAction();
        }

        if (Accept("replica", "identity"))
        {
            string choice = Name().ToUpperInvariant();
            return new ReplicaIdentity(choice == "USING" && Accept("index") ? "INDEX " + Name() : choice);
        }

        if (Accept("cluster", "on"))
        {
            _ = Name();
            return new CatalogueAction("CLUSTER ON", PgLock.ShareUpdateExclusive, null);
        }

        if (Accept("reset"))
        {
            SkipGroup();
            return new CatalogueAction("RESET (…)", PgLock.ShareUpdateExclusive, null);
        }

        if (Accept("of") || Accept("not", "of"))
        {
            if (IsWord(_at - 2, "not") == false)
            {
                _ = QualifiedName();
            }

            return new CatalogueAction("OF", PgLock.AccessExclusive, null);
        }

        if (Accept("options"))
        {
            SkipGroup();
            return new CatalogueAction("OPTIONS", PgLock.AccessExclusive, null);
        }

        if ((target is "INDEX") && (Accept("depends", "on", "extension") || Accept("no", "depends", "on")))
        {
            SkipRest();
            return new CatalogueAction("DEPENDS ON EXTENSION", PgLock.None, null);
        }

        return null;
    }

    private AlterAction? EnableAction()
    {
        string verb = Span(_at - 1).ToString().ToUpperInvariant();
        string change = IsWord(_at - 2, "no") ? "NO FORCE" : verb;
        _ = Accept("replica") || Accept("always");
        if (Accept("row"))
        {
            Expect("level");
            Expect("security");
            return new RowSecurity(change);
        }

        if (Accept("trigger"))
        {
            return new SetTrigger(Name(), verb == "ENABLE");
        }

        if (Accept("rule"))
        {
            _ = Name();
            return new CatalogueAction(verb + " RULE", PgLock.AccessExclusive, null);
        }

        return null;
    }
}
