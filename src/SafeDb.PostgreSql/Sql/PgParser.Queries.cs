using SafeDb.PostgreSql.Sql.Statements;

namespace SafeDb.PostgreSql.Sql;

/// <content>Queries and changes of rows: which tables they read, change and lock.</content>
internal sealed partial class PgParser
{
    private QueryStatement Query(int first)
    {
        var reader = new QueryReader(this, first);
        QueryStatement query = reader.Read();
        SkipRest();
        return query;
    }

    /// <summary>Walks over a query's tokens once and keeps the tables and functions.</summary>
    private sealed class QueryReader(PgParser parser, int first)
    {
        private readonly List<PgName> _reads = [];
        private readonly List<(string, PgName, bool)> _changes = [];
        private readonly List<PgName> _calls = [];
        private readonly List<string> _strings = [];
        private readonly List<SetStatement> _settings = [];
        private readonly HashSet<string> _common = new(StringComparer.Ordinal);
        private readonly Dictionary<string, PgName> _aliases = new(StringComparer.Ordinal);
        private readonly List<PgName> _locked = [];
        private string _verb = "";
        private PgName? _target;
        private PgName? _into;
        private bool _where;
        private bool _locksRows;
        private bool _selectsRows;

        public QueryStatement Read()
        {
            int depth = 0;
            for (int i = first; i < parser._last; i++)
            {
                switch (parser._tokens[i].Kind)
                {
                    case PgTokenKind.Punctuation:
                        depth += parser.IsSymbol(i, '(') ? 1 : parser.IsSymbol(i, ')') ? -1 : 0;
                        if (depth < 0)
                        {
                            parser.Fail("a query with balanced parentheses");
                            i = parser._last;
                        }

                        break;
                    case PgTokenKind.String:
                        _strings.Add(parser.StringValue(i));
                        break;
                    case PgTokenKind.Word or PgTokenKind.QuotedName:
                        i = Word(i, depth);
                        break;
                }
            }

            if (depth != 0)
            {
                parser.Fail("')'");
            }

            return new QueryStatement(_verb.Length == 0 ? "Select" : _verb, _target)
            {
                Reads = [.. _reads.Where(name => name.Schema is not null || !_common.Contains(name.Name)).Distinct()],
                NestedChanges = _changes,
                HasWhere = _where,
                LocksRows = _locksRows,
                LockedTables = _locked,
                Calls = _calls,
                Strings = _strings,
                Settings = _settings,
                Into = _into,
                LiteralRows = _verb == "Insert" && !_selectsRows,
            };
        }

        private int Word(int i, int depth)
        {
            bool quoted = parser._tokens[i].Kind == PgTokenKind.QuotedName;
            if (!quoted)
            {
                int moved = Clause(i, depth);
                if (moved != i)
                {
                    return moved;
                }
            }

            if (parser.IsSymbol(i + 1, '(') && (quoted || !PgFunctions.IsSyntax(parser.Unquote(i))))
            {
                bool qualified = i > first + 1 && parser.IsSymbol(i - 1, '.');
                _calls.Add(new PgName(qualified ? parser.Unquote(i - 2) : null, parser.Unquote(i)));
                if (_calls[^1] is { Name: "set_config", Schema: null or "pg_catalog" })
                {
                    Setting(i + 2);
                }
            }

            return i;
        }

        // set_config('lock_timeout', '0', false) is SET lock_timeout = '0'; a value that is computed is not known.
        private void Setting(int at)
        {
            int value = AfterCast(at + 1) + 1;
            int local = AfterCast(value + 1) + 1;
            bool isNull = parser.IsWord(value, "null");
            if (IsString(at) && parser.IsSymbol(value - 1, ',') && parser.IsSymbol(local - 1, ',') && (isNull || IsString(value)))
            {
                _settings.Add(new SetStatement(parser.StringValue(at).ToLowerInvariant(), isNull ? null : parser.StringValue(value), parser.IsWord(local, "true")));
            }
        }

        private bool IsString(int i) => i < parser._last && parser._tokens[i].Kind == PgTokenKind.String;

        // 'x'::text
        private int AfterCast(int i) => i + 1 < parser._last && parser.Span(i) is "::" && parser.IsWord(i + 1, "text") ? i + 2 : i;

        private int Clause(int i, int depth)
        {
            ReadOnlySpan<char> word = parser.Span(i);
            switch (word.Length)
            {
                case 2 when parser.IsWord(i, "as"):
                    return CommonTable(i);
                case 3 when parser.IsWord(i, "for"):
                    RowLocks(i);
                    return parser.IsWord(i + 1, "update") ? i + 1 : parser.IsWord(i + 1, "no") ? Math.Min(i + 3, parser._last - 1) : i;
                case 4 when parser.IsWord(i, "from") && !IsFunctionSyntax(i):
                    return Tables(i);
                case 4 when parser.IsWord(i, "join"):
                    return Alias(Table(i + 1)) - 1;
                case 4 when parser.IsWord(i, "into"):
                    return Into(i, depth);
                case 5 when parser.IsWord(i, "using") && _verb is "Delete" or "Merge" && !parser.IsSymbol(i + 1, '('):
                    return Tables(i);
                case 5 when parser.IsWord(i, "where"):
                    Where(depth);
                    return i;
                case 5 when parser.IsWord(i, "table") && (i == first || parser.IsSymbol(i - 1, '(') || parser.IsWord(i - 1, "as")):
                    return Table(i + 1) - 1;
                case 6:
                    return Verb(i, depth);
                case 5 when parser.IsWord(i, "merge") && IsStart(i):
                    return Change("Merge", i, depth, parser.IsWord(i + 1, "into") ? i + 2 : i + 1);
                default:
                    return i;
            }
        }

        // FOR [NO KEY] UPDATE | [KEY] SHARE [OF table, …]
        private void RowLocks(int i)
        {
            if (!parser.IsWord(i + 1, "update") && !parser.IsWord(i + 1, "share") && !parser.IsWord(i + 1, "no") && !parser.IsWord(i + 1, "key"))
            {
                return;
            }

            _locksRows = true;
            int at = i + 1;
            while (at < parser._last && parser.IsAny(at, ["no", "key", "update", "share"]))
            {
                at++;
            }

            for (bool named = parser.IsWord(at, "of"); named; named = parser.IsSymbol(at, ','))
            {
                at = TableName(at + 1, out PgName? table);
                if (table is not null)
                {
                    _locked.Add(_aliases.TryGetValue(table.Name, out PgName? real) ? real : table);
                }
            }
        }

        private int Verb(int i, int depth)
        {
            if (parser.IsWord(i, "select"))
            {
                _verb = _verb.Length == 0 && depth == 0 ? "Select" : _verb;
                _selectsRows |= depth == 0 || _verb == "Insert";
                return i;
            }

            if (parser.IsWord(i, "insert") && IsStart(i) && parser.IsWord(i + 1, "into"))
            {
                return Change("Insert", i, depth, i + 2);
            }

            if (parser.IsWord(i, "update") && IsStart(i))
            {
                return Change("Update", i, depth, i + 1);
            }

            return parser.IsWord(i, "delete") && IsStart(i) && parser.IsWord(i + 1, "from") ? Change("Delete", i, depth, i + 2) : i;
        }

        // A change begins the statement, stands first in the parentheses of a WITH query, or follows its closing parenthesis.
        private bool IsStart(int i) => i == first || parser.IsSymbol(i - 1, '(') || parser.IsSymbol(i - 1, ')');

        private int Change(string verb, int i, int depth, int tableAt)
        {
            int after = TableName(tableAt, out PgName? table);
            if (table is null)
            {
                return i;
            }

            if (depth == 0 && _target is null)
            {
                (_verb, _target, _where) = (verb, table, false);
            }
            else
            {
                _changes.Add((verb, table, false));
            }

            return after - 1;
        }

        private void Where(int depth)
        {
            if (depth == 0)
            {
                _where = true;
            }
            else if (_changes.Count > 0)
            {
                _changes[^1] = _changes[^1] with { Item3 = true };
            }
        }

        private int Into(int i, int depth)
        {
            if (depth == 0 && _verb == "Select")
            {
                int at = i + 1;
                at += parser.IsWord(at, "temporary") || parser.IsWord(at, "temp") || parser.IsWord(at, "unlogged") ? 1 : 0;
                at += parser.IsWord(at, "table") ? 1 : 0;
                return TableName(at, out _into) - 1;
            }

            return i;
        }

        // WITH name AS [NOT MATERIALIZED] ( … ): the name is no table.
        private int CommonTable(int i)
        {
            int at = parser.IsWord(i + 1, "not") ? i + 3 : parser.IsWord(i + 1, "materialized") ? i + 2 : i + 1;
            if (parser.IsSymbol(at, '(') && i > first)
            {
                int name = i - 1;
                if (parser.IsSymbol(name, ')'))
                {
                    while (name > first && !parser.IsSymbol(name, '('))
                    {
                        name--;
                    }

                    name--;
                }

                if (name > first && parser._tokens[name].Kind is PgTokenKind.Word or PgTokenKind.QuotedName)
                {
                    _common.Add(parser.Unquote(name));
                }
            }

            return i;
        }

        private bool IsFunctionSyntax(int i)
        {
            if (i > first && parser.IsWord(i - 1, "distinct"))
            {
                return true;
            }

            int depth = 0;
            for (int k = i - 1; k >= first; k--)
            {
                if (parser.IsSymbol(k, ')'))
                {
                    depth++;
                }
                else if (parser.IsSymbol(k, '(') && --depth < 0)
                {
                    return parser.IsAny(Math.Max(first, k - 1), ["extract", "substring", "trim", "overlay", "position"]);
                }
                else if (depth == 0 && (parser.IsWord(k, "select") || parser.IsWord(k, "delete") || parser.IsWord(k, "update")))
                {
                    return false;
                }
            }

            return false;
        }

        private int Tables(int i)
        {
            int at = i;
            do
            {
                at = Table(at + 1);
                at = Alias(at);
            }
            while (parser.IsSymbol(at, ','));
            return at - 1;
        }

        private int Alias(int at)
        {
            at += parser.IsWord(at, "as") ? 1 : 0;
            bool alias = at < parser._last && parser._tokens[at].Kind is PgTokenKind.Word or PgTokenKind.QuotedName && !parser.IsAny(at, ClauseWords);
            if (alias && _reads.Count > 0)
            {
                _aliases[parser.Unquote(at)] = _reads[^1];
            }

            return alias ? at + 1 : at;
        }

        private static readonly string[] ClauseWords =
            ["where", "join", "left", "right", "inner", "outer", "full", "cross", "natural", "on", "using", "group", "order", "having", "limit", "offset", "fetch", "for", "union", "intersect", "except", "returning", "set", "window", "when", "tablesample", "select", "from"];

        private int Table(int at)
        {
            int after = TableName(at, out PgName? table);
            if (table is not null && !parser.IsSymbol(after, '('))
            {
                _reads.Add(table);
            }
            else if (table is not null)
            {
                _calls.Add(table);
            }

            return after;
        }

        private int TableName(int at, out PgName? table)
        {
            table = null;
            bool only = parser.IsWord(at, "only");
            at += only || parser.IsWord(at, "lateral") ? 1 : 0;
            bool grouped = only && parser.IsSymbol(at, '(') && at + 1 < parser._last;
            at += grouped ? 1 : 0;
            if (at >= parser._last || parser._tokens[at].Kind is not (PgTokenKind.Word or PgTokenKind.QuotedName) || parser.IsWord(at, "select"))
            {
                return at;
            }

            table = new PgName(null, parser.Unquote(at++));
            while (parser.IsSymbol(at, '.') && at + 1 < parser._last)
            {
                table = new PgName(table.Name, parser.Unquote(at + 1));
                at += 2;
            }

            at += grouped && parser.IsSymbol(at, ')') ? 1 : 0;
            return at < parser._last && parser.Span(at) is "*" ? at + 1 : at;
        }
    }
}
