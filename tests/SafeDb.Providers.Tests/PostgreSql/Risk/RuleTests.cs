using SafeDb.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Each rule fires on its danger and is silent on the harmless neighbour.</summary>
public sealed class RuleTests
{
    public const string DoBlock = "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood AS ENUM ('a'); END IF; ALTER TABLE orders DROP COLUMN note; END $$;";

    private const string More = RiskFixtures.Orders
        + "CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN pos AS integer CHECK (VALUE > 0); CREATE TABLE people(id bigint PRIMARY KEY, m mood, p pos, extra integer);"
        + "CREATE TABLE parts(id integer NOT NULL, n integer) PARTITION BY RANGE (id); CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (100); CREATE TABLE loose(id integer, n integer);"
        + "CREATE UNIQUE INDEX loose_id ON loose(id); CREATE MATERIALIZED VIEW report AS SELECT id FROM people; CREATE VIEW names AS SELECT id, note FROM orders; CREATE SEQUENCE numbers;"
        + "CREATE TABLE base(id integer); CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'; CREATE TRIGGER tr BEFORE INSERT ON orders EXECUTE FUNCTION tf();";

    [Theory]
    [InlineData("add-column-volatile-default", "ALTER TABLE orders ADD x uuid DEFAULT gen_random_uuid()", "ALTER TABLE orders ADD x timestamptz DEFAULT now()")]
    [InlineData("add-column-serial", "ALTER TABLE orders ADD x serial", "ALTER TABLE orders ADD x bigint")]
    [InlineData("add-column-generated-stored", "ALTER TABLE orders ADD x numeric GENERATED ALWAYS AS (total * 2) STORED", "ALTER TABLE orders ADD x numeric")]
    [InlineData("add-column-constrained-domain", "ALTER TABLE orders ADD x pos", "ALTER TABLE orders ADD x integer")]
    [InlineData("add-column-not-null-without-default", "ALTER TABLE orders ADD x integer NOT NULL", "ALTER TABLE orders ADD x integer NOT NULL DEFAULT 1")]
    [InlineData("add-column-not-null-without-default", "DELETE FROM orders WHERE id > 1; ALTER TABLE orders ADD x integer NOT NULL", "DELETE FROM orders; ALTER TABLE orders ADD x integer NOT NULL")]
    [InlineData("add-column-not-null-without-default", "DELETE FROM loose; COMMIT; ALTER TABLE loose ADD x integer NOT NULL", "TRUNCATE loose; ALTER TABLE loose ADD x integer NOT NULL")]
    [InlineData("add-column-not-null-without-default", "DELETE FROM loose; INSERT INTO loose VALUES (1, 1); ALTER TABLE loose ADD x integer NOT NULL", "DELETE FROM loose; ALTER TABLE loose ADD x integer NOT NULL")]
    [InlineData("add-column-inline-constraint", "ALTER TABLE orders ADD x integer CHECK (x > 0)", "ALTER TABLE orders ADD x integer")]
    [InlineData("add-column-foreign-key-locks-parent", "ALTER TABLE orders ADD x bigint DEFAULT 1 REFERENCES customers", "ALTER TABLE orders ADD x bigint")]
    [InlineData("add-column-already-exists", "ALTER TABLE orders ADD COLUMN IF NOT EXISTS note integer", "ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text")]
    [InlineData("set-not-null-scans-table", "ALTER TABLE orders ALTER note SET NOT NULL", "ALTER TABLE orders ALTER customer_id SET NOT NULL")]
    [InlineData("add-check-scans-table", "ALTER TABLE orders ADD CHECK (total > 0)", "ALTER TABLE orders ADD CHECK (total > 0) NOT VALID")]
    [InlineData("add-foreign-key-scans-tables", "ALTER TABLE loose ADD FOREIGN KEY (id) REFERENCES customers", "ALTER TABLE loose ADD FOREIGN KEY (id) REFERENCES customers NOT VALID")]
    [InlineData("foreign-key-not-valid-on-partitioned-table", "ALTER TABLE parts ADD FOREIGN KEY (n) REFERENCES customers NOT VALID", "ALTER TABLE loose ADD FOREIGN KEY (id) REFERENCES customers NOT VALID")]
    [InlineData("drop-foreign-key-locks-parent", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_code_key")]
    [InlineData("create-table-locks-referenced-table", "CREATE TABLE x(o bigint REFERENCES orders)", "CREATE TABLE x(id bigint PRIMARY KEY, o bigint REFERENCES x)")]
    [InlineData("add-unique-builds-index", "ALTER TABLE loose ADD UNIQUE (id)", "ALTER TABLE loose ADD UNIQUE USING INDEX loose_id")]
    [InlineData("add-primary-key-builds-index", "ALTER TABLE loose ADD PRIMARY KEY (id)", "ALTER TABLE loose ADD PRIMARY KEY USING INDEX loose_id")]
    [InlineData("add-exclusion-builds-index", "ALTER TABLE loose ADD EXCLUDE USING gist (id WITH =)", "CREATE TABLE x(id integer, EXCLUDE USING gist (id WITH =))")]
    [InlineData("primary-key-using-nullable-index", "ALTER TABLE loose ADD PRIMARY KEY USING INDEX loose_id", "ALTER TABLE loose ADD UNIQUE USING INDEX loose_id")]
    [InlineData("create-index-blocks-writes", "CREATE INDEX i ON orders (note)", "CREATE TABLE x(a int); CREATE INDEX i ON x (a)")]
    [InlineData("concurrent-unique-index-may-fail", "CREATE UNIQUE INDEX CONCURRENTLY i ON orders (note)", "CREATE INDEX CONCURRENTLY i ON orders (note)")]
    [InlineData("concurrent-unique-index-may-fail", "CREATE UNIQUE INDEX CONCURRENTLY i ON orders (note)", "CREATE TABLE x(a int); CREATE UNIQUE INDEX CONCURRENTLY i ON x (a)")]
    [InlineData("concurrently-in-transaction", "CREATE INDEX CONCURRENTLY i ON orders (note)", "-- safedb:no-transaction\nCREATE INDEX CONCURRENTLY i ON orders (note)")]
    [InlineData("not-allowed-in-transaction", "VACUUM orders", "-- safedb:no-transaction\nVACUUM orders")]
    [InlineData("concurrent-index-on-partitioned-table", "CREATE INDEX CONCURRENTLY i ON parts (n)", "CREATE INDEX CONCURRENTLY i ON loose (n)")]
    [InlineData("invalid-index-accepted", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (note)", "CREATE INDEX CONCURRENTLY i ON orders (note)")]
    [InlineData("drop-index-blocks-table", "DROP INDEX orders_placed", "DROP INDEX CONCURRENTLY orders_placed")]
    [InlineData("reindex-blocks-writes", "REINDEX TABLE orders", "REINDEX TABLE CONCURRENTLY orders")]
    [InlineData("change-type-rewrites-table", "ALTER TABLE loose ALTER n TYPE bigint", "ALTER TABLE orders ALTER code TYPE varchar(20)")]
    [InlineData("change-type-rebuilds-index", "SET timezone='UTC'; ALTER TABLE orders ALTER placed TYPE timestamptz", "ALTER TABLE orders ALTER code TYPE text")]
    [InlineData("change-type-rescans-check", "ALTER TABLE orders ADD CONSTRAINT c CHECK (code <> '') NOT VALID; ALTER TABLE orders ALTER code TYPE text", "ALTER TABLE orders ALTER code TYPE text")]
    [InlineData("change-type-loses-data", "ALTER TABLE orders ALTER total TYPE numeric(10,1)", "ALTER TABLE orders ALTER total TYPE numeric(12,2)")]
    [InlineData("change-type-may-fail", "ALTER TABLE loose ALTER n TYPE smallint", "ALTER TABLE loose ALTER n TYPE bigint")]
    [InlineData("change-type-refused", "ALTER TABLE orders ALTER note TYPE varchar", "ALTER TABLE orders ALTER code TYPE text")]
    [InlineData("change-type-locks-partner", "ALTER TABLE customers ALTER id TYPE numeric", "ALTER TABLE customers ALTER email TYPE varchar")]
    [InlineData("rename-breaks-running-code", "ALTER TABLE orders RENAME TO purchases", "ALTER TABLE orders RENAME TO purchases; CREATE VIEW orders AS SELECT * FROM purchases")]
    [InlineData("drop-column-loses-data", "ALTER TABLE orders DROP code", "CREATE TABLE x(a int, b int); ALTER TABLE x DROP b")]
    [InlineData("drop-column-drops-key", "ALTER TABLE orders DROP code", "ALTER TABLE orders DROP total")]
    [InlineData("drop-table-loses-data", "DROP TABLE orders", "CREATE TABLE x(a int); DROP TABLE x")]
    [InlineData("drop-view-breaks-code", "DROP VIEW names", "CREATE VIEW v AS SELECT 1; DROP VIEW v")]
    [InlineData("cascade-drops-dependents", "DROP TYPE mood CASCADE", "DROP TYPE mood")]
    [InlineData("drop-schema-loses-data", "DROP SCHEMA s CASCADE", "CREATE SCHEMA s")]
    [InlineData("truncate-cascade-empties-children", "TRUNCATE customers CASCADE", "TRUNCATE customers")]
    [InlineData("statement-refused", "TRUNCATE customers", "TRUNCATE customers, orders")]
    [InlineData("statement-refused", "ALTER TABLE ONLY parts ADD COLUMN x int", "ALTER TABLE parts ADD COLUMN x int")]
    [InlineData("vacuum-full-rewrites-table", "VACUUM FULL orders", "VACUUM orders")]
    [InlineData("set-logged-rewrites-table", "ALTER TABLE orders SET UNLOGGED", "CREATE TABLE x(a int); ALTER TABLE x SET UNLOGGED")]
    [InlineData("move-rewrites-table", "ALTER TABLE orders SET TABLESPACE fast", "ALTER TABLE orders SET TABLESPACE pg_default")]
    [InlineData("lock-table", "LOCK TABLE orders", "LOCK TABLE orders IN ACCESS SHARE MODE")]
    [InlineData("backfill-in-ddl-transaction", "ALTER TABLE orders ADD x int; UPDATE orders SET x = 1 WHERE x IS NULL", "UPDATE orders SET note = '' WHERE note IS NULL")]
    [InlineData("long-work-under-exclusive-lock", "ALTER TABLE orders ADD x int; CREATE INDEX i ON people (extra)", "ALTER TABLE orders ADD x int; COMMIT; CREATE INDEX i ON people (extra)")]
    [InlineData("exclusive-locks-on-several-tables", "ALTER TABLE orders ADD x int; ALTER TABLE people ADD x int", "ALTER TABLE orders ADD x int; ALTER TABLE orders ADD y int")]
    [InlineData("attach-partition-scans", "ALTER TABLE parts ATTACH PARTITION loose FOR VALUES FROM (100) TO (200)", "CREATE TABLE x(id integer NOT NULL, n integer); ALTER TABLE parts ATTACH PARTITION x FOR VALUES FROM (100) TO (200)")]
    [InlineData("create-partition-locks-parent", "CREATE TABLE x PARTITION OF parts FOR VALUES FROM (100) TO (200)", "CREATE TABLE x(a int)")]
    [InlineData("detach-partition-locks-parent", "ALTER TABLE parts DETACH PARTITION parts_a", "ALTER TABLE parts DETACH PARTITION parts_a CONCURRENTLY")]
    [InlineData("locks-every-partition", "ALTER TABLE parts ADD x int", "ALTER TABLE loose ADD x int")]
    [InlineData("refresh-blocks-readers", "REFRESH MATERIALIZED VIEW report", "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; REFRESH MATERIALIZED VIEW m")]
    [InlineData("enum-value-used-in-same-transaction", "ALTER TYPE mood ADD VALUE 'glad'; UPDATE people SET m = 'glad' WHERE id = 1", "ALTER TYPE mood ADD VALUE 'glad'; COMMIT; UPDATE people SET m = 'glad' WHERE id = 1")]
    [InlineData("rename-enum-value", "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'", "ALTER TYPE mood ADD VALUE 'blue'")]
    [InlineData("alter-domain-scans-tables", "ALTER DOMAIN pos ADD CHECK (VALUE < 9)", "ALTER DOMAIN pos ADD CHECK (VALUE < 9) NOT VALID")]
    [InlineData("trigger-blocks-writes", "DROP TRIGGER tr ON orders", "CREATE TABLE x(a int); CREATE TRIGGER t BEFORE INSERT ON x EXECUTE FUNCTION tf()")]
    [InlineData("disable-trigger", "ALTER TABLE orders DISABLE TRIGGER ALL", "ALTER TABLE orders ENABLE TRIGGER ALL")]
    [InlineData("row-security-hides-rows", "ALTER TABLE orders ENABLE ROW LEVEL SECURITY", "CREATE TABLE x(a int); ALTER TABLE x ENABLE ROW LEVEL SECURITY")]
    [InlineData("privileges-widened", "GRANT SELECT ON orders TO PUBLIC", "GRANT SELECT ON orders TO app")]
    [InlineData("security-definer-without-search-path", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'select 1'", "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'select 1'")]
    [InlineData("replica-identity-change", "ALTER TABLE orders REPLICA IDENTITY NOTHING", "ALTER TABLE orders SET (fillfactor = 70)")]
    [InlineData("validate-in-same-transaction", "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID; ALTER TABLE orders VALIDATE CONSTRAINT c", "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID; COMMIT; ALTER TABLE orders VALIDATE CONSTRAINT c")]
    [InlineData("json-column", "ALTER TABLE orders ADD x json", "ALTER TABLE orders ADD x jsonb")]
    [InlineData("small-primary-key", "CREATE TABLE x(id serial PRIMARY KEY)", "CREATE TABLE x(id bigserial PRIMARY KEY)")]
    [InlineData("awkward-column-type", "CREATE TABLE x(a char(10))", "CREATE TABLE x(a text)")]
    [InlineData("set-expression-rewrites-table", "ALTER TABLE orders ALTER total SET EXPRESSION AS (id * 2)", "ALTER TABLE orders ALTER total SET DEFAULT 1")]
    [InlineData("foreign-key-without-index", "ALTER TABLE loose ADD FOREIGN KEY (n) REFERENCES customers NOT VALID", "ALTER TABLE loose ADD FOREIGN KEY (id) REFERENCES customers NOT VALID")]
    [InlineData("drop-primary-key", "ALTER TABLE orders DROP CONSTRAINT orders_pkey", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_code_key")]
    [InlineData("drop-constraint-loses-guarantee", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_code_key", "ALTER TABLE orders RENAME CONSTRAINT orders_pkey TO pk")]
    [InlineData("delete-cascades-to-children", "DELETE FROM customers WHERE id = 1", "DELETE FROM orders WHERE id = 1")]
    [InlineData("sequence-restart", "ALTER SEQUENCE numbers RESTART", "ALTER SEQUENCE numbers CACHE 10")]
    [InlineData("feature-not-in-version", "ALTER TABLE orders ADD x int GENERATED ALWAYS AS (id * 2) VIRTUAL", "MERGE INTO loose USING base ON loose.id = base.id WHEN MATCHED THEN DO NOTHING")]
    [InlineData("inherit-changes-queries", "ALTER TABLE loose INHERIT base", "ALTER TABLE loose ADD x int")]
    public void A_rule_fires_on_its_danger_and_not_beside_it(string rule, string dangerous, string harmless)
    {
        FileRisk risk = RiskFixtures.Analyse(dangerous + ";", More);
        Assert.All(risk.Statements, statement => Assert.True(statement.Analysed, statement.NotAnalysedBecause));
        Assert.Contains(rule, RiskFixtures.Rules(risk));
        FileRisk neighbour = RiskFixtures.Analyse(harmless + ";", More);
        Assert.All(neighbour.Statements, statement => Assert.True(statement.Analysed, statement.NotAnalysedBecause));
        Assert.DoesNotContain(rule, RiskFixtures.Rules(neighbour));
    }

    [Fact]
    public void Every_rule_has_a_test_and_a_page()
    {
        HashSet<string> tested = [.. typeof(RuleTests).GetMethod(nameof(A_rule_fires_on_its_danger_and_not_beside_it))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Select(data => (string)((InlineDataAttribute)data).Data[0]!)];
        foreach (RiskRuleInfo info in new PostgreSqlRiskDialect().Rules)
        {
            Assert.True(tested.Contains(info.Id) || info.Id is "long-transaction-in-the-way" or "relation-not-found" or "index-name-taken", info.Id); // those need a live database: LiveFactsTests, RelationNameTests
            string page = Path.GetFullPath(StatementFactsTests.Beside($"../../../../docs/rules/{info.Id}.md"));
            Assert.True(File.Exists(page), page);
            Assert.Contains("PostgreSQL", File.ReadAllText(page), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Plain_statements_of_a_do_block_are_seen()
    {
        FileRisk risk = RiskFixtures.Analyse(DoBlock);
        Assert.True(risk.Statements[0].Analysed, risk.Statements[0].NotAnalysedBecause);
        Assert.Contains("drop-column-loses-data", RiskFixtures.Rules(risk));
    }

    [Theory]
    [InlineData("DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident('orders'); END $$;")]
    [InlineData("DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'orders'); END $$;")]
    [InlineData("DO $$ BEGIN FOR r IN EXECUTE q LOOP NULL; END LOOP; END $$;")]
    [InlineData("SELECT enable_versioning('orders');")]
    [InlineData("EXECUTE unknown(1);")]
    [InlineData("DROP NOTHING orders;")]
    [InlineData("BEGIN IMMEDIATE;")]
    [InlineData("DO $$ BEGIN PERFORM cleanup(); END $$;")]
    [InlineData("DO LANGUAGE plpython3u $$ x $$;")]
    [InlineData("CALL cleanup();")]
    [InlineData("\\i other.sql")]
    [InlineData("ALTER TABLE orders FROB;")]
    [InlineData("SELEC 1;")]
    [InlineData("CREATE TABLE x(a int,,b int);")]
    public void What_cannot_be_analysed_says_why(string sql)
    {
        StatementRisk statement = RiskFixtures.Analyse(sql).Statements[0];
        Assert.False(statement.Analysed);
        Assert.NotEmpty(statement.NotAnalysedBecause!);
    }

    [Theory]
    [InlineData(120000, "ALTER TABLE orders ADD x numeric GENERATED ALWAYS AS (total) STORED", true)]
    [InlineData(180000, "ALTER TABLE orders ADD x numeric GENERATED ALWAYS AS (total)", false)]
    [InlineData(180000, "ALTER TABLE orders ADD x numeric GENERATED ALWAYS AS (total) VIRTUAL", false)]
    public void Versions_differ(int version, string sql, bool rewrites) =>
        Assert.Equal(rewrites, RiskFixtures.Analyse(sql + ";", version: version).Statements[0].Rewrites.Count > 0);

    [Fact]
    public void A_pending_table_is_empty_and_unlocked_in_later_files_too()
    {
        FileRisk second = SecondFile(pendingTogether: true);
        Assert.Equal(RiskLevel.Safe, second.Level);
        Assert.All(second.Statements, statement => Assert.Empty(statement.Locks));
    }

    [Theory]
    [InlineData("ALTER TABLE parts DETACH PARTITION parts_a CONCURRENTLY", 14)]
    [InlineData("ALTER TABLE orders ALTER total DROP EXPRESSION", 13)]
    [InlineData("ALTER TABLE orders ALTER note SET COMPRESSION lz4", 14)]
    [InlineData("ALTER TABLE orders SET ACCESS METHOD heap", 15)]
    [InlineData("ALTER TABLE orders ALTER total SET EXPRESSION AS (1)", 17)]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT ENFORCED", 18)]
    [InlineData("ALTER TABLE orders ADD CONSTRAINT c NOT NULL note NOT VALID", 18)]
    [InlineData("ALTER TABLE orders ALTER CONSTRAINT orders_customer_id_fkey NOT ENFORCED", 18)]
    [InlineData("ALTER TABLE orders ADD UNIQUE NULLS NOT DISTINCT (note)", 15)]
    [InlineData("CREATE UNIQUE INDEX i ON orders (note) NULLS NOT DISTINCT", 15)]
    [InlineData("CREATE TABLE x(a int4range, PRIMARY KEY (a WITHOUT OVERLAPS))", 18)]
    [InlineData("CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON orders EXECUTE FUNCTION tf()", 14)]
    [InlineData("CREATE FUNCTION g() RETURNS int LANGUAGE sql RETURN 1", 14)]
    [InlineData("MERGE INTO loose USING base ON loose.id = base.id WHEN MATCHED THEN DO NOTHING", 15)]
    public void What_a_version_lacks_is_found_below_it_only(string sql, int since)
    {
        Assert.Contains("feature-not-in-version", RiskFixtures.Rules(RiskFixtures.Analyse(sql + ";", More, version: (since - 1) * 10000)));
        Assert.DoesNotContain("feature-not-in-version", RiskFixtures.Rules(RiskFixtures.Analyse(sql + ";", More, version: since * 10000)));
    }

    [Fact]
    public void Enforcing_a_constraint_reads_both_tables()
    {
        StatementRisk enforced = RiskFixtures.Analyse("ALTER TABLE orders ALTER CONSTRAINT orders_customer_id_fkey ENFORCED;", version: 180000).Statements[0];
        Assert.Equal(["public.customers", "public.orders"], enforced.Scans);
    }

    [Fact]
    public void A_table_of_an_earlier_file_whose_history_is_not_known_is_in_use()
    {
        FileRisk second = SecondFile(pendingTogether: false);
        Assert.Equal(RiskLevel.Dangerous, second.Level);
        Assert.All(second.Statements, statement => Assert.NotEmpty(statement.Locks));
    }

    private static FileRisk SecondFile(bool pendingTogether)
    {
        IRiskSession session = new PostgreSqlRiskDialect().Begin(new RiskOptions { PendingTogether = pendingTogether });
        session.Analyse(new RiskFile(new SourceText("CREATE TABLE x(id int PRIMARY KEY, a int);"), FileTransaction.Single));
        return session.Analyse(new RiskFile(new SourceText("ALTER TABLE x ALTER a TYPE bigint, ALTER a SET NOT NULL; CREATE INDEX i ON x(a); DROP TABLE x;"), FileTransaction.Single));
    }
}
