using System.Globalization;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>
/// Makes the statements of a schema at random, the same for the same seed. Some statements do not work (a key over columns that cannot be compared, a view of a
/// dropped column); the server refuses those, as it would a user's.
/// </summary>
internal sealed class RandomSchema(int seed)
{
    private static readonly string[] Words =
        ["order", "Select", "user", "naïve", "with space", "quo\"te", "semi;colon", "new\nline", "UPPER", "a", "x1", "back\\slash", "it's", "_", "tab\tbed", "ёж", "table", "$dollar", "per%cent", "a.b", "(paren)", "long_name_that_is_exactly_sixty_three_bytes_long_as_long_as_can"];

    private readonly Random _random = new(seed);
    private readonly List<string> _statements = [];
    private readonly List<string> _schemas = ["public"];
    private readonly List<string> _types = ["integer", "bigint", "text", "varchar(20)", "numeric(10,2)", "date", "timestamptz", "uuid", "jsonb", "boolean", "bytea", "int4range", "text[]", "char(3)", "bit(4)", "interval day to second", "inet", "double precision", "time(3)", "\"char\"", "name", "tsvector", "money", "point"];
    private readonly List<(string Name, List<(string Name, string Type)> Columns)> _tables = [];
    private readonly List<(string Name, string Column)> _views = [];
    private int _counter;

    public string Script()
    {
        Repeat(0, 3, Schema);
        Repeat(0, 4, Type);
        Repeat(1, 3, Function);
        Repeat(2, 8, Table);
        Repeat(0, 3, Child);
        Repeat(0, 2, Partitioned);
        Repeat(4, 20, Row);
        Repeat(2, 10, Alteration);
        Repeat(1, 8, Index);
        Repeat(0, 4, ForeignKey);
        Repeat(1, 5, View);
        Repeat(1, 8, Extra);
        Repeat(1, 6, Comment);
        Repeat(1, 6, Grant);
        Repeat(2, 10, Row);

        // A restore fills these views anew, where their owners may.
        Add("""
            DO $$ DECLARE v regclass; BEGIN
              FOR v IN SELECT oid FROM pg_class WHERE relkind = 'm' ORDER BY oid LOOP
                BEGIN EXECUTE format('REFRESH MATERIALIZED VIEW %s', v); EXCEPTION WHEN OTHERS THEN EXECUTE format('REFRESH MATERIALIZED VIEW %s WITH NO DATA', v); END;
              END LOOP;
            END $$
            """);
        return string.Join('\n', _statements);
    }

    private void Add(string statement) => _statements.Add(statement + ";");

    private void Repeat(int from, int to, Action action)
    {
        for (int count = _random.Next(from, to + 1); count > 0; count--)
            action();
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    private bool Chance(int percent) => _random.Next(100) < percent;

    private static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A new name; now and then a plain one, most often one that needs quotes.</summary>
    private string Name()
    {
        string number = (++_counter).ToString(CultureInfo.InvariantCulture);
        string word = Pick(Words);
        return Quote(word.Length > 50 ? word[..^number.Length] + number : word + number);
    }

    private string Qualified() => $"{Pick(_schemas)}.{Name()}";

    private string Literal(string type) => type switch
    {
        "integer" or "bigint" or "numeric(10,2)" or "double precision" or "money" => $"'{_random.Next(1, 99)}'",
        "text" or "varchar(20)" or "name" => Chance(50) ? "'it''s \\ x'" : "upper('a') || 'b'",
        "date" => Chance(50) ? "CURRENT_DATE" : "'2024-02-29'",
        "timestamptz" => "now() - interval '1 day'",
        "uuid" => "gen_random_uuid()",
        "jsonb" => """'{"a": [1, null]}'""",
        "boolean" => "true AND NOT false",
        "text[]" => "ARRAY['a', 'b,c', NULL]",
        "int4range" => "'[1,5)'",
        "bytea" => "'\\x00ff0a5c'",
        "inet" => "'10.1.2.3/8'",
        "point" => "'(1.5,-0)'",
        "tsvector" => "to_tsvector('simple', 'a fat cat')",
        "interval day to second" => "'-3 days 04:05:06.7'",
        "char(3)" => "'b'",
        "bit(4)" => "'1010'",
        "time(3)" => "'23:59:59.999'",
        _ => "NULL",
    };

    private void Schema()
    {
        string name = Name();
        _schemas.Add(name);
        Add($"CREATE SCHEMA {name}{(Chance(40) ? " AUTHORIZATION safedb_alice" : "")}");
    }

    private void Type()
    {
        string name = Qualified();
        switch (_random.Next(4))
        {
            case 0:
                Add($"CREATE TYPE {name} AS ENUM ('a', 'B c', 'it''s')");
                break;
            case 1:
                Add($"CREATE TYPE {name} AS ({Name()} {Pick(_types)}, {Name()} {Pick(_types)})");
                break;
            case 2:
                Add($"CREATE DOMAIN {name} AS integer{(Chance(50) ? " NOT NULL" : "")}{(Chance(50) ? " DEFAULT 3" : "")} CONSTRAINT {Name()} CHECK (VALUE > 0 AND VALUE <> 13)");
                break;
            default:
                Add($"CREATE DOMAIN {name} AS text COLLATE \"C\" CHECK (VALUE ~ '^[a-z]*$') CHECK (length(VALUE) < 100)");
                break;
        }

        _types.Add(name);
    }

    private void Function()
    {
        string name = Qualified();
        switch (_random.Next(5))
        {
            case 0:
                Add($"CREATE FUNCTION {name}({Name()} integer, {Name()} text DEFAULT 'x''y') RETURNS integer LANGUAGE sql IMMUTABLE RETURN $1 + length($2)");
                break;
            case 1:
                Add($"CREATE FUNCTION {name}(VARIADIC {Name()} text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE STRICT ROWS 3 SET search_path TO '$user', 'public' AS $body$ BEGIN RETURN QUERY SELECT ';' || unnest($1); END $body$");
                break;
            case 2:
                Add($"CREATE PROCEDURE {name}(IN {Name()} {Pick(_types)}, INOUT {Name()} integer DEFAULT 5) LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN NULL; END'");
                break;
            case 3:
                Add($"CREATE AGGREGATE {name}(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '{_random.Next(9)}'{(Chance(50) ? ", PARALLEL = SAFE, COMBINEFUNC = int4pl" : "")})");
                break;
            default:
                Add($"CREATE FUNCTION {name}(OUT {Name()} {Pick(_types)}, OUT {Name()} integer) LANGUAGE sql COST 7 AS 'SELECT NULL, 1'");
                break;
        }
    }

    private List<(string Name, string Type)> Columns() => [.. Enumerable.Range(0, _random.Next(1, 7)).Select(_ => (Name(), Pick(_types)))];

    private string Definition((string Name, string Type) column)
    {
        string text = $"{column.Name} {column.Type}";
        if (column.Type is "text" or "varchar(20)" && Chance(25))
            text += " COLLATE \"C\"";
        if (column.Type is "integer" or "bigint" && Chance(20))
            return text + $" GENERATED {(Chance(50) ? "ALWAYS" : "BY DEFAULT")} AS IDENTITY{(Chance(50) ? " (INCREMENT BY 3 START WITH 7 CYCLE)" : "")}";
        if (Chance(35))
            text += $" DEFAULT {Literal(column.Type)}";
        if (Chance(30))
            text += " NOT NULL";
        return text + (column.Type is "integer" && Chance(25) ? $" CONSTRAINT {Name()} CHECK ({column.Name} BETWEEN 0 AND 1000)" : "");
    }

    private void Table()
    {
        string name = Qualified();
        List<(string Name, string Type)> columns = Columns();
        List<string> items = [.. columns.Select(Definition)];
        if (columns.Find(column => column.Type == "integer") is { Name: { } number } && Chance(40))
            items.Add($"{Name()} bigint GENERATED ALWAYS AS ({number}::bigint * 2) STORED");
        if (Chance(60))
            items.Add($"{(Chance(50) ? $"CONSTRAINT {Name()} " : "")}PRIMARY KEY ({string.Join(", ", columns.Take(_random.Next(1, 3)).Select(column => column.Name))})");
        if (Chance(15))
            items.Add($"{Name()} serial");
        Add($"CREATE {(Chance(10) ? "UNLOGGED " : "")}TABLE {name} ({string.Join(", ", items)}){(Chance(20) ? " WITH (fillfactor = 70, autovacuum_enabled = off)" : "")}");
        _tables.Add((name, columns));
    }

    private void Child()
    {
        (string parent, List<(string Name, string Type)> inherited) = Pick(_tables);
        string name = Qualified();
        List<(string Name, string Type)> own = Columns();
        Add($"CREATE TABLE {name} ({string.Join(", ", own.Select(Definition))}) INHERITS ({parent})");
        if (Chance(40))
            Add($"ALTER TABLE {name} ALTER COLUMN {Pick(inherited).Name} {(Chance(50) ? "DROP DEFAULT" : "SET NOT NULL")}");
        _tables.Add((name, [.. inherited, .. own]));
    }

    private void Partitioned()
    {
        string name = Qualified();
        (string key, string note, string extra) = (Name(), Name(), Name());
        Add($"CREATE TABLE {name} ({key} integer NOT NULL, {note} text DEFAULT 'n', CHECK ({key} <> 3)) PARTITION BY {(Chance(50) ? "RANGE" : "HASH")} ({key})");
        foreach (int part in new[] { 0, 1 })
        {
            Add($"CREATE TABLE {Qualified()} PARTITION OF {name} FOR VALUES FROM ({part * 10}) TO ({(part * 10) + 10})");
            Add($"CREATE TABLE {Qualified()} PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER {part})");
        }

        string attached = Qualified();
        Add($"CREATE TABLE {attached} ({extra} integer, {note} text, {key} integer NOT NULL, CHECK ({key} <> 3))");
        Add($"ALTER TABLE {attached} DROP COLUMN {extra}");
        Add($"ALTER TABLE {name} ATTACH PARTITION {attached} FOR VALUES FROM (100) TO (200)");
        if (Chance(60))
            Add($"ALTER TABLE {name} ADD PRIMARY KEY ({key})");
        if (Chance(60))
            Add($"CREATE INDEX ON {name} ({note}, {key} DESC)");
        _tables.Add((name, [(key, "integer"), (note, "text")]));
    }

    private void Row()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        Add(Chance(30)
            ? $"INSERT INTO {table} DEFAULT VALUES"
            : $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) SELECT {string.Join(", ", columns.Select(column => Literal(column.Type)))} FROM generate_series(1, {_random.Next(1, 40)})");
    }

    private void Alteration()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        (string column, string type) = Pick(columns);
        Add(_random.Next(8) switch
        {
            0 => $"ALTER TABLE {table} DROP COLUMN {column}",
            1 => $"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {_random.Next(1, 900)}",
            2 => $"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE EXTERNAL",
            3 => $"ALTER TABLE {table} ADD COLUMN {Name()} {Pick(_types)}",
            4 => $"ALTER TABLE {table} ADD CONSTRAINT {Name()} CHECK ({column} IS NOT NULL) NOT VALID",
            5 => $"ALTER TABLE {table} REPLICA IDENTITY FULL",
            6 => $"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {Literal(type)}",
            _ => $"ALTER TABLE {table} OWNER TO safedb_bob",
        });
    }

    private void Index()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        string column = Pick(columns).Name;
        Add(_random.Next(6) switch
        {
            0 => $"CREATE UNIQUE INDEX {Name()} ON {table} ({column} DESC NULLS LAST) WHERE {column} IS NOT NULL",
            1 => $"CREATE INDEX {Name()} ON {table} (({column}::text COLLATE \"C\"), {Pick(columns).Name}) WITH (fillfactor = 60)",
            2 => $"CREATE INDEX {Name()} ON {table} USING hash ({column})",
            3 => $"ALTER TABLE {table} ADD CONSTRAINT {Name()} UNIQUE {(Chance(30) ? "NULLS NOT DISTINCT " : "")}({column}){(Chance(30) ? " DEFERRABLE INITIALLY DEFERRED" : "")}",
            4 => $"CREATE INDEX {Name()} ON {table} USING brin ({column})",
            _ => $"CREATE INDEX {Name()} ON {table} ({column}) INCLUDE ({Pick(columns).Name})",
        });
    }

    private void ForeignKey()
    {
        (string target, string key, string source) = (Qualified(), Name(), Pick(_tables).Name);
        string column = Name();
        Add($"CREATE TABLE {target} ({key} integer PRIMARY KEY)");
        Add($"ALTER TABLE {source} ADD COLUMN {column} integer");
        Add($"ALTER TABLE {source} ADD CONSTRAINT {Name()} FOREIGN KEY ({column}) REFERENCES {target} ({key}) ON DELETE {Pick(["CASCADE", "SET NULL", "NO ACTION"])}{(Chance(30) ? " NOT VALID" : "")}");
    }

    private void View()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        string name = Qualified();
        string column = Name();
        string from = _views.Count > 0 && Chance(50) ? $"SELECT v.{_views[^1].Column} AS {column} FROM {_views[^1].Name} v" : $"SELECT t.{Pick(columns).Name} AS {column} FROM {table} t WHERE t.{Pick(columns).Name} IS NOT NULL";
        bool materialized = Chance(30);
        Add($"CREATE {(materialized ? "MATERIALIZED " : "")}VIEW {name}{(Chance(30) ? " (" + column + ")" : "")} AS {from}");
        if (Chance(20))
            Add($"ALTER {(materialized ? "MATERIALIZED " : "")}VIEW {name} OWNER TO safedb_bob; GRANT SELECT ON {table} TO safedb_bob");
        _views.Add((name, column));
    }

    private void Extra()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        string name = Name();
        switch (_random.Next(6))
        {
            case 0:
                string function = Qualified();
                Add($"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
                Add($"CREATE TRIGGER {name} AFTER INSERT OR DELETE ON {table} FOR EACH {(Chance(50) ? "ROW" : "STATEMENT")} EXECUTE FUNCTION {function}('a''b')");
                if (Chance(50))
                    Add($"ALTER TABLE {table} DISABLE TRIGGER {name}");
                break;
            case 1:
                Add($"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY");
                Add($"CREATE POLICY {name} ON {table}{(Chance(50) ? " FOR SELECT TO safedb_bob" : "")} USING ({Pick(columns).Name} IS NOT NULL)");
                break;
            case 2:
                Add($"CREATE RULE {name} AS ON DELETE TO {table} DO INSTEAD NOTHING");
                break;
            case 3:
                Add($"CREATE STATISTICS {Pick(_schemas)}.{name} ON {Pick(columns).Name}, {Pick(columns).Name} FROM {table}");
                break;
            case 4:
                Add($"CREATE PUBLICATION {name} FOR TABLE ONLY {table}{(Chance(50) ? " WITH (publish = 'insert')" : "")}");
                break;
            default:
                Add($"CREATE SEQUENCE {Pick(_schemas)}.{name} AS smallint INCREMENT BY -1{(Chance(50) ? $" OWNED BY {table}.{Pick(columns).Name}" : "")}");
                break;
        }
    }

    private void Comment()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        Add(Chance(50) ? $"COMMENT ON TABLE {table} IS 'it''s \\ a\ncomment -- ;'" : $"COMMENT ON COLUMN {table}.{Pick(columns).Name} IS E'c\\tc'");
    }

    private void Grant()
    {
        (string table, List<(string Name, string Type)> columns) = Pick(_tables);
        Add(_random.Next(5) switch
        {
            0 => $"GRANT SELECT, UPDATE ON {table} TO safedb_bob WITH GRANT OPTION",
            1 => $"GRANT SELECT ({Pick(columns).Name}) ON {table} TO PUBLIC",
            2 => $"GRANT USAGE ON SCHEMA {Pick(_schemas)} TO safedb_alice",
            3 => $"REVOKE ALL ON {table} FROM CURRENT_USER",
            _ => $"ALTER DEFAULT PRIVILEGES FOR ROLE safedb_alice IN SCHEMA {Pick(_schemas)} GRANT SELECT ON TABLES TO safedb_bob",
        });
    }
}
