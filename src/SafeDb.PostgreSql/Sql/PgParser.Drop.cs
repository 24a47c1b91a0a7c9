using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>DROP of everything.</content>
internal sealed partial class PgParser
{
    // Named by one word and a list of names.
    private static readonly string[] DroppedKinds =
        ["table", "index", "view", "sequence", "schema", "type", "domain", "extension", "function", "procedure", "routine", "aggregate", "trigger", "policy", "rule", "database", "tablespace", "collation", "conversion", "publication", "subscription", "role", "user", "group", "statistics", "language", "server"];

    private PgStatement Drop()
    {
        _at++;
        if (Accept("owned"))
        {
            Expect("by");
            var owners = new List<PgName> { new(null, Name()) };
            SkipRest();
            return new DropObjects("OWNED", owners) { Cascade = true };
        }

        if (DropOfSeveralWords() is { } other)
        {
            return other;
        }

        return ObjectKind() is { } kind ? DropNames(kind) : Nothing();
    }

    private PgStatement Nothing()
    {
        Fail("an object that PostgreSQL knows");
        return new UnknownStatement("");
    }

    // Objects whose name is more than a list of names: no relation depends on them in a way that locks it.
    private PlainStatement? DropOfSeveralWords()
    {
        string? kind = Accept("user", "mapping") ? "UserMapping" : Accept("operator") ? "Operator" : Accept("cast") ? "Cast" : Accept("transform") ? "Transform"
            : Accept("text", "search") ? "TextSearch" : Accept("access", "method") ? "AccessMethod" : Accept("foreign", "data", "wrapper") ? "ForeignDataWrapper" : null;
        if (kind is null)
        {
            return null;
        }

        SkipRest();
        return new PlainStatement("Drop" + kind, ChangesSchema: true);
    }

    private DropObjects DropNames(string kind)
    {
        bool concurrently = kind == "INDEX" && Accept("concurrently");
        bool ifExists = Accept("if", "exists");
        var names = new List<PgName>();
        do
        {
            names.Add(DroppedName(kind));
        }
        while (AcceptSymbol(','));
        var drop = new DropObjects(kind, names) { IfExists = ifExists, Concurrently = concurrently };
        if (kind is "TRIGGER" or "POLICY" or "RULE")
        {
            Expect("on");
            drop = drop with { OnTable = QualifiedName() };
        }

        bool cascade = Cascade();
        if (kind == "DATABASE")
        {
            Accept("with");
            if (IsSymbol(_at, '('))
            {
                SkipGroup();
            }
        }

        return drop with { Cascade = cascade };
    }

    private PgName DroppedName(string kind)
    {
        if (kind is "TYPE" or "DOMAIN")
        {
            PgType type = Type();
            return new PgName(type.Schema, type.Name);
        }

        PgName name = QualifiedName();
        if (IsSymbol(_at, '('))
        {
            SkipGroup();
        }

        return name;
    }

    private string? ObjectKind()
    {
        if (Accept("materialized", "view"))
        {
            return "MATERIALIZED VIEW";
        }

        if (Accept("foreign", "table"))
        {
            return "FOREIGN TABLE";
        }

        if (Accept("event", "trigger"))
        {
            return "EVENT TRIGGER";
        }

        Accept("procedural");
        return !AtEnd && IsAny(_at, DroppedKinds) ? Span(_at++).ToString().ToUpperInvariant() : null;
    }
}
