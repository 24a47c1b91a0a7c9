using Npgsql;

using NSubstitute;

using SafeDb.PostgreSql.Risk;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>What a live database adds: nothing of the schema stands in the migration, all of it comes from the catalogue.</summary>
public sealed class LiveFactsTests(PostgresCluster cluster)
{
    private const string Schema = """
        CREATE TABLE customers(id bigint PRIMARY KEY, email text);
        CREATE TABLE orders(id bigint PRIMARY KEY, customer_id bigint REFERENCES customers(id) ON DELETE CASCADE, code varchar(10), note text, qty integer, UNIQUE (customer_id, code), CONSTRAINT short CHECK (code <> ''));
        CREATE INDEX orders_lower ON orders(lower(note));
        CREATE VIEW notes AS SELECT id, note FROM orders;
        CREATE TABLE parts(id integer NOT NULL, n integer) PARTITION BY RANGE (id);
        CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (100);
        CREATE TABLE parts_rest PARTITION OF parts DEFAULT;
        CREATE DOMAIN amount AS integer;
        CREATE SCHEMA "Odd"; CREATE TABLE "Odd"."T a"(x amount);
        INSERT INTO customers SELECT g, CASE WHEN g <= 10 THEN NULL ELSE 'x' END FROM generate_series(1, 50) g;
        INSERT INTO orders SELECT g, g, 'c' || g % 7, repeat('n', 200), 40000 FROM generate_series(1, 20) g;
        ANALYZE;
        """;

    [Theory]
    [InlineData("ALTER TABLE orders DROP COLUMN customer_id", "public.customers AccessExclusive")]
    [InlineData("DROP TABLE orders", "public.customers AccessExclusive")]
    [InlineData("ALTER TABLE customers ALTER COLUMN id TYPE numeric", "public.orders AccessExclusive")]
    [InlineData("ALTER TABLE parts ADD COLUMN x integer", "public.parts_a AccessExclusive")]
    [InlineData("CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (100) TO (200)", "public.parts_rest AccessExclusive")]
    [InlineData("DROP INDEX orders_lower", "public.orders AccessExclusive")]
    [InlineData("ALTER DOMAIN amount ADD CHECK (VALUE > 0)", "\"Odd\".\"T a\" Share")]
    public async Task Locks_on_partners_come_from_the_catalogue(string sql, string expected)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        FileRisk risk = RiskFixtures.Analyse(sql + ";", "", facts: await ReadAsync(database));
        Assert.Contains(expected, risk.Statements[0].Locks.Select(held => $"{held.Relation} {held.Mode}"));
    }

    [Theory]
    [InlineData("ALTER TABLE orders ALTER COLUMN note TYPE varchar", "(0A000)")]
    [InlineData("ALTER TABLE orders DROP COLUMN note", "public.notes")]
    [InlineData("ALTER TABLE orders DROP COLUMN code", "orders_customer_id_code_key")]
    [InlineData("DELETE FROM customers WHERE id = 1", "ON DELETE CASCADE")]
    [InlineData("ALTER TABLE orders ALTER COLUMN code TYPE varchar(20)", "short")]
    [InlineData("ALTER TABLE orders ALTER COLUMN qty TYPE bigint", "20 rows")]
    public async Task Messages_name_what_the_catalogue_knows(string sql, string expected)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        FileRisk risk = RiskFixtures.Analyse(sql + ";", "", facts: await ReadAsync(database));
        Assert.Contains(risk.AllFindings, finding => finding.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ALTER TABLE customers ALTER COLUMN email SET NOT NULL", 10)]
    [InlineData("ALTER TABLE orders ADD UNIQUE (code)", 20)]
    [InlineData("ALTER TABLE orders ADD FOREIGN KEY (qty) REFERENCES customers(id)", 20)]
    [InlineData("ALTER TABLE orders ALTER COLUMN qty TYPE smallint", 20)]
    [InlineData("ALTER TABLE orders ADD CHECK (qty < 1000)", 20)]
    [InlineData("ALTER TABLE orders ADD COLUMN x integer NOT NULL", 20)]
    [InlineData("DROP TABLE orders", 20)]
    public async Task Probes_count_the_rows_at_risk(string sql, long rows)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        await using NpgsqlConnection connection = await database.OpenAsync();
        IDatabaseSession session = SessionOn(connection);
        var reader = new PostgreSqlRiskDatabase();
        FileRisk risk = RiskFixtures.Analyse(sql + ";", "", facts: await reader.ReadFactsAsync(session, TestContext.Current.CancellationToken));
        RiskProbe[] probes = [.. risk.AllFindings.SelectMany(finding => finding.Probes)];
        long?[] answers = await Task.WhenAll(probes.Take(1).Select(probe => reader.CountAsync(session, probe, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)));
        Assert.Equal(rows, answers[0]);
    }

    [Theory]
    [InlineData("ALTER TABLE customers ALTER COLUMN email SET NOT NULL", "set-not-null-scans-table", "First fill the NULLs")]
    [InlineData("ALTER TABLE orders ADD FOREIGN KEY (qty) REFERENCES customers(id)", "add-foreign-key-scans-tables", "First repair these rows")]
    [InlineData("ALTER TABLE orders ADD CHECK (qty < 1000)", "add-check-scans-table", "First correct these rows")]
    [InlineData("ALTER TABLE orders ADD UNIQUE (code)", "add-unique-builds-index", "First remove these duplicates")]
    [InlineData("CREATE UNIQUE INDEX u ON orders (code)", "create-index-blocks-writes", "First remove these duplicates")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY u ON orders (code)", "concurrent-unique-index-may-fail", "First remove these duplicates")]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY u ON orders (code) WHERE id < 10", "concurrent-unique-index-may-fail", "First remove these duplicates")]
    [InlineData("ALTER TABLE orders ALTER COLUMN qty TYPE smallint", "change-type-may-fail", "First correct these values")]
    [InlineData("ALTER TABLE customers ADD CHECK (id > 0)", "add-check-scans-table", null)]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY u ON orders (customer_id)", "concurrent-unique-index-may-fail", null)]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY u ON orders (code) WHERE id < 7", "concurrent-unique-index-may-fail", null)]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY u ON customers (email) WHERE email IS NULL", "concurrent-unique-index-may-fail", null)]
    [InlineData("CREATE UNIQUE INDEX CONCURRENTLY u ON customers (email) NULLS NOT DISTINCT WHERE email IS NULL", "concurrent-unique-index-may-fail", "First remove these duplicates")]
    public async Task Rows_that_make_it_fail_are_to_be_repaired_first(string sql, string rule, string? first)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        await using NpgsqlConnection connection = await database.OpenAsync();
        IDatabaseSession session = SessionOn(connection);
        var reader = new PostgreSqlRiskDatabase();
        CancellationToken token = TestContext.Current.CancellationToken;
        var analyzer = new RiskAnalyzer(new PostgreSqlRiskDialect());
        IReadOnlyList<FoundRisk> found = analyzer.Find([new RiskFile(new SourceText(sql + ";", "1.sql"), FileTransaction.PerStatement)], new RiskOptions { Catalog = await reader.ReadFactsAsync(session, token) });
        found = await new RiskProbeService(reader, TimeProvider.System).AnswerAsync(found, session, RiskProbeLimits.Default, SafeDb.Observation.SilentObserver.Instance, token);
        RiskFinding finding = Assert.Single(found[0].Risk.AllFindings, finding => finding.Rule == rule);
        Assert.NotNull(finding.RowsAtRisk);
        Assert.Equal(first is null, finding.RowsAtRisk == 0);
        Assert.Equal(first is null, !finding.Advice.StartsWith("First ", StringComparison.Ordinal));
        Assert.StartsWith(first ?? "", finding.Advice, StringComparison.Ordinal);
        Assert.Equal(first is not null, finding.Level == RiskLevel.Dangerous);

        // The server's own account, where it has the syntax.
        if (!sql.Contains("NULLS NOT", StringComparison.Ordinal) || connection.PostgreSqlVersion.Major >= 15)
        {
            Exception? refused = await Record.ExceptionAsync(() => MeasuredEffect.ExecuteAsync(connection, sql));
            Assert.Equal(first is not null, refused is PostgresException);
        }
    }

    [Fact]
    public async Task A_probe_changes_nothing_ends_in_time_and_never_guesses()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        await using NpgsqlConnection connection = await database.OpenAsync();
        IDatabaseSession session = SessionOn(connection);
        var reader = new PostgreSqlRiskDatabase();
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Null(await reader.CountAsync(session, new RiskProbe("slow", "SELECT count(*) FROM pg_sleep(30)"), TimeSpan.FromMilliseconds(200), token));
        Assert.Null(await reader.CountAsync(session, new RiskProbe("missing", "SELECT count(nothing) FROM orders"), TimeSpan.FromSeconds(5), token));
        Assert.Null(await reader.CountAsync(session, new RiskProbe("writes", "WITH d AS (DELETE FROM orders RETURNING 1) SELECT count(*) FROM d"), TimeSpan.FromSeconds(5), token));
        Assert.Equal(20, await reader.CountAsync(session, new RiskProbe("all", "SELECT count(*) FROM orders"), TimeSpan.FromSeconds(5), token));
        Assert.Equal(20L, await database.ScalarAsync<long>("SELECT count(*) FROM orders"));
    }

    [Fact]
    public async Task A_long_transaction_is_seen()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        await using NpgsqlConnection other = await database.OpenAsync();
        await MeasuredEffect.ExecuteAsync(other, "BEGIN; SELECT * FROM orders; SELECT pg_sleep(5.2)");
        PostgreSqlCatalogFacts facts = await ReadAsync(database);
        Assert.True(facts.OldestTransaction > TimeSpan.FromSeconds(5));
        Assert.Contains("long-transaction-in-the-way", RiskFixtures.Rules(RiskFixtures.Analyse("ALTER TABLE orders ADD x int;", "", facts: facts)));
        Assert.DoesNotContain("long-transaction-in-the-way", RiskFixtures.Rules(RiskFixtures.Analyse("SELECT * FROM orders;", "", facts: facts)));

        // A runner that gives up in time and tries again holds nobody up for long.
        foreach ((bool byRunner, RiskLevel level) in new[] { (false, RiskLevel.Risky), (true, RiskLevel.Safe) })
        {
            FileRisk risk = Assert.Single(new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse(
                [new RiskFile(new SourceText("ALTER TABLE orders ADD x int;", "001.sql"), FileTransaction.Single)], new RiskOptions { Catalog = facts, RunnerSetsLockTimeout = byRunner }));
            Assert.Equal(level, risk.AllFindings.Single(finding => finding.Rule == "long-transaction-in-the-way").Level);
        }
    }

    private static async Task<PostgreSqlCatalogFacts> ReadAsync(TestDatabase database)
    {
        await using NpgsqlConnection connection = await database.OpenAsync();
        return (PostgreSqlCatalogFacts)await new PostgreSqlRiskDatabase().ReadFactsAsync(SessionOn(connection), TestContext.Current.CancellationToken);
    }

    private static IDatabaseSession SessionOn(NpgsqlConnection connection)
    {
        IDatabaseSession session = Substitute.For<IDatabaseSession>();
        session.Connection.Returns(connection);
        return session;
    }
}
