using Npgsql;

using NSubstitute;

using SafeDb.PostgreSql.Risk;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>relation-not-found and index-name-taken: with a live catalogue, what is said to fail fails on the server, and nothing that runs is said to.</summary>
public sealed class RelationNameTests(PostgresCluster cluster)
{
    private const string Schema = """
        CREATE TABLE customers(id bigint PRIMARY KEY, email text);
        CREATE INDEX customers_email ON customers(email);
        CREATE TABLE orders(id bigint PRIMARY KEY, customer_id bigint CONSTRAINT one UNIQUE);
        CREATE VIEW names AS SELECT id FROM customers;
        CREATE SEQUENCE counter;
        CREATE SCHEMA app; CREATE TABLE app.settings(id integer); CREATE TABLE app."Mixed.Name"(id integer);
        CREATE TABLE parts(id integer NOT NULL) PARTITION BY RANGE (id);
        CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (100) TO (200);
        CREATE INDEX parts_id ON parts(id);
        CREATE FUNCTION make() RETURNS void LANGUAGE sql AS 'CREATE TABLE made_by_function(id integer)';
        """;

    [Theory]
    [InlineData("ALTER TABLE custmers ADD COLUMN x integer", "relation-not-found", "public.custmers; did you mean public.customers?")]
    [InlineData("ALTER TABLE public.custmers ADD COLUMN x integer", "relation-not-found", "public.customers?")]
    [InlineData("ALTER TABLE app.setings ADD COLUMN x integer", "relation-not-found", "app.settings?")]
    [InlineData("ALTER TABLE quite_another ADD COLUMN x integer", "relation-not-found", "no statement before makes it")]
    [InlineData("CREATE INDEX i ON custmers (email)", "relation-not-found", "public.customers?")]
    [InlineData("DROP TABLE custmers", "relation-not-found", "public.customers?")]
    [InlineData("TRUNCATE custmers", "relation-not-found", "public.customers?")]
    [InlineData("UPDATE custmers SET email = lower(email) WHERE id = 1", "relation-not-found", "public.customers?")]
    [InlineData("DELETE FROM custmers WHERE id = 1", "relation-not-found", "public.customers?")]
    [InlineData("INSERT INTO custmers VALUES (1, 'a')", "relation-not-found", "public.customers?")]
    [InlineData("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES custmers (id) NOT VALID", "relation-not-found", "public.customers?")]
    [InlineData("CREATE TABLE bills(id bigint, c bigint, FOREIGN KEY (c) REFERENCES custmers (id))", "relation-not-found", "public.customers?")]
    [InlineData("CREATE TABLE parts_a PARTITION OF partz FOR VALUES FROM (0) TO (9)", "relation-not-found", "public.parts?")]
    [InlineData("SET search_path = app; CREATE TABLE later(id integer); ALTER TABLE laterr ADD x integer", "relation-not-found", "app.laterr")]
    [InlineData("CREATE INDEX customers_email ON customers (id)", "index-name-taken", "an index public.customers_email already")]
    [InlineData("CREATE INDEX one ON orders (id)", "index-name-taken", "public.one already")]
    [InlineData("CREATE INDEX counter ON orders (id)", "index-name-taken", "a relation public.counter already")]
    public async Task What_will_fail_is_said_with_the_name_that_was_meant(string sql, string rule, string words)
    {
        (FileRisk risk, Exception? refused) = await RunAsync(sql);
        Assert.IsType<PostgresException>(refused);
        RiskFinding finding = Assert.Single(risk.AllFindings, finding => finding.Rule == rule);
        Assert.Equal(RiskLevel.Risky, finding.Level);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
        Assert.Contains(((PostgresException)refused).SqlState, finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ALTER TABLE customers ADD COLUMN x integer; UPDATE Customers SET email = now()::text; DELETE FROM \"orders\"")]
    [InlineData("ALTER TABLE IF EXISTS custmers ADD COLUMN x integer")]
    [InlineData("DROP TABLE IF EXISTS custmers")]
    [InlineData("CREATE TABLE fresh(id integer PRIMARY KEY, parent integer REFERENCES fresh); ALTER TABLE fresh ADD x integer; CREATE INDEX ON fresh (x); INSERT INTO fresh VALUES (1)")]
    [InlineData("CREATE TEMP TABLE scratch AS SELECT id FROM customers; DELETE FROM scratch; ALTER TABLE pg_temp.scratch ADD x integer")]
    [InlineData("SELECT id INTO copied FROM customers; ALTER TABLE copied ADD x integer")]
    [InlineData("SET search_path = app, public; ALTER TABLE settings ADD x integer; ALTER TABLE customers ADD x integer")]
    [InlineData("SELECT pg_catalog.set_config('search_path', 'app', false); ALTER TABLE settings ADD x integer; UPDATE \"Mixed.Name\" SET id = 1")]
    [InlineData("ALTER TABLE customers RENAME TO clients; ALTER TABLE clients ADD x integer; CREATE INDEX ON clients (x)")]
    [InlineData("ALTER TABLE app.settings SET SCHEMA public; ALTER TABLE settings ADD x integer")]
    [InlineData("DO $$ BEGIN CREATE TABLE by_code(id integer); END $$; ALTER TABLE by_code ADD x integer")]
    [InlineData("DO $$ BEGIN IF to_regclass('custmers') IS NOT NULL THEN ALTER TABLE custmers ADD x integer; END IF; END $$")]
    [InlineData("SELECT make(); ALTER TABLE made_by_function ADD x integer")]
    [InlineData("WITH gone AS (DELETE FROM orders RETURNING id) INSERT INTO customers SELECT id FROM gone")]
    [InlineData("INSERT INTO customers VALUES (1) ON CONFLICT (id) DO UPDATE SET email = 'a'")]
    [InlineData("CREATE EXTENSION pg_stat_statements; ALTER TABLE pg_stat_statements RENAME TO other_statements")]
    [InlineData("CREATE SCHEMA s CREATE TABLE inner_table(id integer); ALTER TABLE s.inner_table ADD x integer")]
    [InlineData("ALTER SCHEMA app RENAME TO app2; ALTER TABLE app2.settings ADD x integer")]
    [InlineData("ALTER TABLE names RENAME TO names2; ALTER TABLE counter RENAME TO counter2; ALTER TABLE customers_email RENAME TO ce")]
    [InlineData("CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (9); ALTER TABLE parts_a ADD CHECK (id >= 0)")]
    [InlineData("BEGIN; DROP TABLE orders; ROLLBACK; ALTER TABLE orders ADD x integer")]
    [InlineData("CREATE VIEW later_view AS SELECT 1 AS id; CREATE SEQUENCE later_counter; ALTER TABLE later_view RENAME TO v2; ALTER TABLE later_counter RENAME TO c2")]
    [InlineData("CREATE INDEX IF NOT EXISTS customers_email ON customers (id)")]
    [InlineData("DROP INDEX customers_email; CREATE INDEX customers_email ON customers (id)")]
    [InlineData("DROP INDEX parts_id; CREATE INDEX parts_b_id_idx ON parts_b (id)")]
    [InlineData("ALTER INDEX customers_email RENAME TO old; CREATE INDEX customers_email ON customers (id)")]
    [InlineData("ALTER TABLE customers DROP COLUMN email; CREATE INDEX customers_email ON customers (id)")]
    [InlineData("ALTER TABLE orders DROP CONSTRAINT one; CREATE INDEX one ON orders (id)")]
    [InlineData("ALTER TABLE orders RENAME CONSTRAINT one TO two; CREATE INDEX one ON orders (id)")]
    [InlineData("CREATE INDEX customers_email ON app.settings (id)")]
    [InlineData("DROP TABLE customers CASCADE; CREATE TABLE customers(id integer); CREATE INDEX customers_email ON customers (id)")]
    public async Task Nothing_that_runs_is_said_to_fail(string sql)
    {
        (FileRisk risk, Exception? refused) = await RunAsync(sql);
        Assert.True(refused is null || (sql.Contains("EXTENSION", StringComparison.Ordinal) && refused is PostgresException), refused?.Message);
        Assert.DoesNotContain(risk.AllFindings, finding => finding.Rule is "relation-not-found" or "index-name-taken");
    }

    [Fact]
    public async Task Without_a_database_in_a_way_back_and_of_applied_files_nothing_is_said()
    {
        Assert.DoesNotContain("relation-not-found", RiskFixtures.Rules(RiskFixtures.Analyse("ALTER TABLE custmers ADD x integer;")));
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        PostgreSqlCatalogFacts facts = await ReadAsync(database);
        foreach ((RiskFile file, bool found) in new[] { (File("ALTER TABLE a ADD x integer;"), true), (File("ALTER TABLE a ADD x integer;") with { IsWayBack = true }, false), (File("ALTER TABLE a ADD x integer;") with { Applied = true }, false) })
        {
            Assert.Equal(found, new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse([file], new RiskOptions { Catalog = facts }).SelectMany(risk => risk.AllFindings).Any(finding => finding.Rule == "relation-not-found"));
        }

        // After a way back, the next file is judged as before it.
        Assert.Contains(new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse([File("DROP TABLE b;") with { IsWayBack = true }, File("ALTER TABLE a ADD x integer;")], new RiskOptions { Catalog = facts }).SelectMany(risk => risk.AllFindings), finding => finding.Rule == "relation-not-found");

        // What an earlier file makes is there for a later one.
        Assert.DoesNotContain(new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse([File("CREATE TABLE a(id integer);"), File("ALTER TABLE a ADD x integer;")], new RiskOptions { Catalog = facts }).SelectMany(risk => risk.AllFindings), finding => finding.Rule == "relation-not-found");
    }

    private static RiskFile File(string sql) => new(new SourceText(sql, "1.sql"), FileTransaction.Single);

    private async Task<(FileRisk Risk, Exception? Refused)> RunAsync(string sql)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        FileRisk risk = RiskFixtures.Analyse(sql + ";", "", facts: await ReadAsync(database));
        return (risk, await Record.ExceptionAsync(() => database.ExecuteAsync(sql)));
    }

    private static async Task<PostgreSqlCatalogFacts> ReadAsync(TestDatabase database)
    {
        await using NpgsqlConnection connection = await database.OpenAsync();
        IDatabaseSession session = Substitute.For<IDatabaseSession>();
        session.Connection.Returns(connection);
        return (PostgreSqlCatalogFacts)await new PostgreSqlRiskDatabase().ReadFactsAsync(session, TestContext.Current.CancellationToken);
    }
}
