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
        PgName name = Relation(out bool only);
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
            string without = Name().ToUpperInvariant();
            return new CatalogueAction("SET WITHOUT " + without, without == "CLUSTER" ? PgLock.ShareUpdateExclusive : PgLock.AccessExclusive, null);
        }

        if (IsSymbol(_at, '('))
        {
            return new CatalogueAction("SET (…)", StorageOptions(), null);
        }

        return null;
    }

    // (name = value, …): the strongest lock of all the parameters.
    private PgLock StorageOptions()
    {
        int first = _at;
        SkipGroup();
        PgLock mode = PgLock.ShareUpdateExclusive;
        for (int i = first; i < _at && _failure is null; i++)
        {
            bool starts = IsSymbol(i, '(') || IsSymbol(i, ',');
            PgLock one = starts && i + 1 < _at && _tokens[i + 1].Kind == PgTokenKind.Word ? PgStorageOptions.LockOf(Span(i + 1).ToString()) : PgLock.None;
            mode = one > mode ? one : mode;
        }

        return mode;
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
            return new CatalogueAction("RESET (…)", StorageOptions(), null);
        }

        if (Accept("of"))
        {
            return new TypedBy(QualifiedName());
        }

        if (Accept("not", "of"))
        {
            return new TypedBy(null);
        }

        if (Accept("options"))
        {
            SkipGroup();
            return new CatalogueAction("OPTIONS", PgLock.AccessExclusive, null);
        }

        if (target is "INDEX" or "MATERIALIZED VIEW" && (Accept("depends", "on", "extension") || Accept("no", "depends", "on")))
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
