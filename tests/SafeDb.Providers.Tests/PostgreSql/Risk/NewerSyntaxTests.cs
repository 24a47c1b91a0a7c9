using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Syntax of PostgreSQL 16 to 18, written from the manual: each statement is analysed, with the locks that the manual gives.</summary>
public sealed class NewerSyntaxTests
{
    private const string Setup =
        "CREATE TABLE customers(id bigint PRIMARY KEY, email text);"
        + "CREATE TABLE orders(id bigint PRIMARY KEY, customer_id bigint CONSTRAINT fk REFERENCES customers, code text, total numeric, note text, CONSTRAINT nn CHECK (code IS NOT NULL));"
        + "CREATE TABLE stage(id bigint, code text); CREATE TABLE rooms(id int, valid daterange); CREATE TABLE stays(room int, during daterange);"
        + "CREATE TABLE parts(id int NOT NULL, n int) PARTITION BY RANGE (id); CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (9);";

    [Theory]
    // MERGE: RETURNING, BY SOURCE (17), OLD and NEW (18).
    [InlineData("MERGE INTO orders o USING stage s ON o.id = s.id WHEN MATCHED AND o.code <> s.code THEN UPDATE SET code = s.code WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED BY TARGET THEN INSERT (id, code) VALUES (s.id, s.code)", "Merge", "public.customers:RowShare public.orders:RowExclusive public.stage:AccessShare")]
    [InlineData("MERGE INTO ONLY orders AS o USING (SELECT id FROM stage) s ON o.id = s.id WHEN NOT MATCHED BY SOURCE AND o.note IS NULL THEN UPDATE SET note = DEFAULT RETURNING merge_action(), o.*", "Merge", "public.customers:RowShare public.orders:RowExclusive public.stage:AccessShare")]
    [InlineData("UPDATE orders SET total = total * 2 WHERE id < 5 RETURNING OLD.total, NEW.total AS now", "Update", "public.customers:RowShare public.orders:RowExclusive")]
    [InlineData("INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET note = 'x' RETURNING WITH (OLD AS o, NEW AS n) o.note, n.note", "Insert", "public.customers:RowShare public.orders:RowExclusive")]
    [InlineData("DELETE FROM orders WHERE id = 1 RETURNING WITH (OLD AS gone) gone.*", "Delete", "public.orders:RowExclusive")]
    // Generated, enforced, NOT NULL as constraints, temporal keys (18).
    [InlineData("ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) VIRTUAL", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT ENFORCED", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE stage ADD CONSTRAINT s FOREIGN KEY (id) REFERENCES customers (id) NOT ENFORCED", "AlterTable", "public.customers:ShareRowExclusive public.stage:ShareRowExclusive")]
    [InlineData("ALTER TABLE orders ALTER CONSTRAINT fk NOT ENFORCED", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note NOT VALID", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note NO INHERIT", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders ALTER CONSTRAINT noted INHERIT", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders ALTER CONSTRAINT noted NO INHERIT", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders VALIDATE CONSTRAINT nn", "AlterTable", "public.orders:ShareUpdateExclusive")]
    [InlineData("ALTER TABLE rooms ADD CONSTRAINT pk PRIMARY KEY (id, valid WITHOUT OVERLAPS)", "AlterTable", "public.rooms:AccessExclusive")]
    [InlineData("ALTER TABLE rooms ADD UNIQUE (id, valid WITHOUT OVERLAPS)", "AlterTable", "public.rooms:AccessExclusive")]
    [InlineData("ALTER TABLE stays ADD CONSTRAINT f FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD valid)", "AlterTable", "public.rooms:ShareRowExclusive public.stays:ShareRowExclusive")]
    [InlineData("CREATE TABLE leases (id int, valid daterange, note text STORAGE external COMPRESSION lz4, gross int GENERATED ALWAYS AS (id * 2), PRIMARY KEY (id, valid WITHOUT OVERLAPS), CONSTRAINT some NOT NULL note, CHECK (id > 0) NOT ENFORCED)", "CreateTable", "")]
    [InlineData("CREATE TABLE lines (room int, during daterange, FOREIGN KEY (room, PERIOD during) REFERENCES rooms (id, PERIOD valid))", "CreateTable", "public.rooms:ShareRowExclusive")]
    [InlineData("CREATE FOREIGN TABLE far (LIKE orders) SERVER s", "CreateTable", "public.orders:AccessShare")]
    // ALTER TABLE of 16 and 17.
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET STORAGE DEFAULT", "AlterTable", "public.orders:AccessExclusive")]
    [InlineData("ALTER TABLE orders ALTER COLUMN note SET STATISTICS DEFAULT", "AlterTable", "public.orders:ShareUpdateExclusive")]
    [InlineData("ALTER TABLE orders SET ACCESS METHOD DEFAULT", "AlterTable", "public.orders:AccessExclusive")]
    // Queries of 16 and 17.
    [InlineData("SELECT * FROM JSON_TABLE('[{\"a\": 1}]'::jsonb, '$[*]' COLUMNS (id FOR ORDINALITY, a int PATH '$.a' DEFAULT 0 ON EMPTY, NESTED PATH '$.b[*]' COLUMNS (b text PATH '$'))) AS t", "Select", "")]
    [InlineData("INSERT INTO stage SELECT j.id, j.code FROM orders, JSON_TABLE(orders.note::jsonb, '$' COLUMNS (id bigint PATH '$.id', code text PATH '$.code')) AS j", "Insert", "public.orders:AccessShare public.stage:RowExclusive")]
    [InlineData("SELECT JSON_VALUE(note::jsonb, '$.a' RETURNING int DEFAULT 1 ON ERROR), JSON_EXISTS(note::jsonb, '$.b'), note IS JSON OBJECT WITH UNIQUE KEYS FROM orders WHERE id = 1", "Select", "public.orders:AccessShare")]
    [InlineData("SELECT JSON_ARRAYAGG(code ORDER BY id NULL ON NULL), JSON_OBJECTAGG(code : total ABSENT ON NULL) FROM orders", "Select", "public.orders:AccessShare")]
    [InlineData("SELECT any_value(code), 1_000_000, 0x1F, 0b11, 0o17 FROM orders GROUP BY ROLLUP (note)", "Select", "public.orders:AccessShare")]
    [InlineData("UPDATE orders SET note = 'x' FROM (SELECT 1 AS one) WHERE id = one", "Update", "public.customers:RowShare public.orders:RowExclusive")]
    // COPY, EXPLAIN, VACUUM, GRANT of 16 to 18.
    [InlineData("COPY orders (id, code) FROM '/tmp/x.csv' WITH (FORMAT csv, ON_ERROR ignore, REJECT_LIMIT 10, LOG_VERBOSITY verbose, HEADER match, DEFAULT '\\D', FORCE_NULL *)", "Copy", "public.orders:RowExclusive")]
    [InlineData("COPY customers TO '/tmp/x.csv' WITH (FORMAT csv, FORCE_QUOTE *)", "Copy", "public.customers:AccessShare")]
    [InlineData("VACUUM (BUFFER_USAGE_LIMIT '256 kB', PROCESS_MAIN false, SKIP_DATABASE_STATS) orders", "Vacuum", "public.orders:ShareUpdateExclusive")]
    [InlineData("ANALYZE ONLY orders", "Analyze", "public.orders:ShareUpdateExclusive")]
    [InlineData("EXPLAIN (ANALYZE, MEMORY, SERIALIZE text, GENERIC_PLAN false) SELECT 1", "Select", "")]
    [InlineData("GRANT reader TO writer WITH INHERIT TRUE, SET FALSE GRANTED BY admin", "Grant", "")]
    [InlineData("GRANT MAINTAIN ON orders TO keeper", "Grant", "")]
    [InlineData("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT MAINTAIN ON TABLES TO keeper", "Grant", "")]
    // The rest.
    [InlineData("CREATE STATISTICS ON lower(code), id FROM orders", "CreateStatistics", "public.orders:ShareUpdateExclusive")]
    [InlineData("CREATE EVENT TRIGGER arrives ON login EXECUTE FUNCTION note_login()", "CreateEvent", "")]
    [InlineData("REINDEX (CONCURRENTLY) TABLE orders", "Reindex", "public.orders:ShareUpdateExclusive")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (origin = none, failover = true, run_as_owner = false)", "CreateSubscription", "")]
    [InlineData("CREATE DATABASE d LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' STRATEGY wal_log", "CreateDatabase", "")]
    [InlineData("CREATE COLLATION c (provider = icu, locale = 'und', rules = '&V << w <<< W')", "CreateCollation", "")]
    [InlineData("SET TIME ZONE 'UTC'; CREATE INDEX CONCURRENTLY i ON orders USING gin (to_tsvector('english', note)) WITH (fastupdate = off)", "CreateIndex", "public.orders:ShareUpdateExclusive")]
    public void A_statement_of_a_newer_version_is_analysed_with_its_locks(string sql, string kind, string locks)
    {
        StatementRisk statement = RiskFixtures.Analyse(sql + ";", Setup, FileTransaction.PerStatement, version: 180000).Statements[^1];
        Assert.True(statement.Analysed, statement.NotAnalysedBecause);
        Assert.Equal(kind, statement.Kind);
        Assert.Equal(locks, string.Join(' ', statement.Locks.Select(held => $"{held.Relation}:{held.Mode}").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) VIRTUAL", false, false)]
    [InlineData("ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 1.2) STORED", true, false)]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT ENFORCED", false, false)]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0)", false, true)]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note NOT VALID", false, false)]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note", false, true)]
    [InlineData("ALTER TABLE orders ALTER CONSTRAINT fk ENFORCED", false, true)]
    [InlineData("ALTER TABLE rooms ADD PRIMARY KEY (id, valid WITHOUT OVERLAPS)", false, true)]
    [InlineData("ALTER TABLE parts ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES customers NOT VALID", false, false)]
    public void What_it_writes_and_reads_is_as_the_manual_says(string sql, bool rewrites, bool scans)
    {
        StatementRisk statement = RiskFixtures.Analyse(sql + ";", Setup, version: 180000).Statements[^1];
        Assert.True(statement.Analysed, statement.NotAnalysedBecause);
        Assert.Equal(rewrites, statement.Rewrites.Count > 0);
        Assert.Equal(scans, statement.Scans.Count > 0);
    }

    [Theory]
    [InlineData("ALTER TABLE parts SPLIT PARTITION parts_a INTO (PARTITION a FOR VALUES FROM (0) TO (5), PARTITION b FOR VALUES FROM (5) TO (9))")]
    [InlineData("ALTER TABLE parts MERGE PARTITIONS (parts_a, parts_b) INTO parts_ab")]
    [InlineData("REPACK orders")]
    public void What_no_released_version_has_is_not_taken_for_granted(string sql) =>
        Assert.False(RiskFixtures.Analyse(sql + ";", Setup, version: 180000).Statements[^1].Analysed);

    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON orders (note);", false)]
    [InlineData("-- a comment\nCREATE INDEX CONCURRENTLY i ON orders (note);\n-- another\n", false)]
    [InlineData("SET lock_timeout = '2s'; CREATE INDEX CONCURRENTLY i ON orders (note);", true)]
    [InlineData("BEGIN; CREATE INDEX CONCURRENTLY i ON orders (note); COMMIT;", true)]
    public void A_text_sent_in_one_call_is_a_transaction_when_it_has_several_statements(string sql, bool inTransaction) =>
        Assert.Equal(inTransaction, RiskFixtures.Rules(RiskFixtures.Analyse(sql, Setup, FileTransaction.OneCall)).Contains("concurrently-in-transaction"));

    [Fact]
    public void Many_files_at_once_are_judged_as_one_after_the_other()
    {
        RiskFile[] files = [.. Enumerable.Range(0, 60).Select(i => new RiskFile(new SafeDb.Sql.SourceText(
            $"CREATE TABLE t{i}(id int PRIMARY KEY, n int REFERENCES t{Math.Max(0, i - 1)}); CREATE VIEW v{i} AS SELECT n FROM t{i}; ALTER TABLE t{i / 2} ALTER n TYPE bigint; DROP TABLE IF EXISTS t{i / 3}; CREATE INDEX i{i} ON t{i}(n)", $"{i}.sql"), FileTransaction.Single))];
        var dialect = new SafeDb.PostgreSql.Risk.PostgreSqlRiskDialect();
        string together = Shown(new RiskAnalyzer(dialect).Find(files, new RiskOptions()).Select(found => found.Risk));
        IRiskSession session = dialect.Begin(new RiskOptions());
        FileRisk[] alone = [.. files.Select(session.Analyse)];
        Assert.Equal(alone.Select(risk => string.Join(';', risk.Statements.SelectMany(statement => statement.Locks).Select(held => held.ToString()))), new RiskAnalyzer(dialect).Find(files, new RiskOptions()).Select(found => string.Join(';', found.Risk.Statements.SelectMany(statement => statement.Locks).Select(held => held.ToString()))));
        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(together, Shown(new RiskAnalyzer(dialect).Find(files, new RiskOptions()).Select(found => found.Risk))));
    }

    private static string Shown(IEnumerable<FileRisk> risks) => string.Join('\n', risks.SelectMany(risk => risk.AllFindings).Select(finding => $"{finding.Rule} {finding.Fingerprint} {finding.Message}"));
}
