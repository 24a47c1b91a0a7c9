using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Changes of one column or constraint in an ALTER TABLE.</content>
internal sealed partial class PgParser
{
    private AlterAction? AlterMember()
    {
        if (Accept("constraint"))
        {
            var altered = new AlterConstraint(Name());
            int first = _at;
            while (Accept("not") || Accept("deferrable") || Accept("initially") || Accept("deferred") || Accept("immediate") || Accept("enforced") || Accept("no") || Accept("inherit"))
            {
            }

            bool enforcement = IsWord(_at - 1, "enforced") && _at > first;
            return altered with { Enforcement = enforcement, Enforces = enforcement && !IsWord(_at - 2, "not") };
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

        if (Accept("options"))
        {
            SkipGroup();
            return new CatalogueAction("OPTIONS", PgLock.AccessExclusive, column);
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
            _at = Math.Min(_last, _at + (!AtEnd && Span(_at) is "-" or "+" ? 2 : 1));
            return new CatalogueAction("SET STATISTICS", PgLock.ShareUpdateExclusive, column);
        }

        if (Accept("storage") || Accept("compression"))
        {
            string what = "SET " + Span(_at - 1).ToString().ToUpperInvariant();
            _ = Name();
            return new CatalogueAction(what, PgLock.AccessExclusive, column);
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
}
