using Npgsql;

using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>What the server refuses because of other tables is foretold with its code, and what it lets pass is not.</summary>
public sealed class RefusalTests(PostgresCluster cluster)
{
    private const string Setup = """
        CREATE TABLE customers(id int PRIMARY KEY);
        CREATE TABLE orders(id int PRIMARY KEY, customer_id int REFERENCES customers);
        CREATE TABLE tree(id int PRIMARY KEY, parent int REFERENCES tree);
        CREATE TABLE base(id int, n int);
        CREATE TABLE derived(extra int) INHERITS (base);
        CREATE TABLE parts(id int NOT NULL, n int) PARTITION BY RANGE (id);
        CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (100);
        CREATE TABLE pieces(id int PRIMARY KEY) PARTITION BY RANGE (id);
        CREATE TABLE pieces_a PARTITION OF pieces FOR VALUES FROM (0) TO (100);
        CREATE TABLE uses(piece int REFERENCES pieces);
        CREATE TABLE codes(id int PRIMARY KEY, c text, d text);
        CREATE UNIQUE INDEX codes_c ON codes(c);
        INSERT INTO codes VALUES (1, '1', '1');
        """;

    [Theory]
    [InlineData("TRUNCATE customers")]
    [InlineData("TRUNCATE customers, orders")]
    [InlineData("TRUNCATE customers CASCADE")]
    [InlineData("TRUNCATE orders")]
    [InlineData("DELETE FROM codes WHERE id > 1; ALTER TABLE codes ADD x int NOT NULL")]
    [InlineData("DELETE FROM codes; ALTER TABLE codes ADD x int NOT NULL")]
    [InlineData("TRUNCATE codes; ALTER TABLE codes ADD x int NOT NULL")]
    [InlineData("DELETE FROM codes; INSERT INTO codes VALUES (1, '1', '1'); ALTER TABLE codes ADD x int NOT NULL")]
    [InlineData("TRUNCATE tree")]
    [InlineData("TRUNCATE pieces")]
    [InlineData("TRUNCATE pieces, uses")]
    [InlineData("ALTER TABLE ONLY base ADD CHECK (n > 0)")]
    [InlineData("ALTER TABLE ONLY base ADD CHECK (n > 0) NO INHERIT")]
    [InlineData("ALTER TABLE base ADD CHECK (n > 0)")]
    [InlineData("ALTER TABLE ONLY base ADD COLUMN x int")]
    [InlineData("ALTER TABLE ONLY base RENAME COLUMN n TO m")]
    [InlineData("ALTER TABLE ONLY base ALTER n TYPE bigint")]
    [InlineData("ALTER TABLE ONLY base ALTER n SET NOT NULL")]
    [InlineData("ALTER TABLE ONLY base ALTER n SET DEFAULT 1")]
    [InlineData("ALTER TABLE ONLY base DROP COLUMN n")]
    [InlineData("ALTER TABLE ONLY parts ADD COLUMN x int")]
    [InlineData("ALTER TABLE ONLY parts ADD CHECK (n > 0)")]
    [InlineData("ALTER TABLE ONLY parts ALTER n SET NOT NULL")]
    [InlineData("ALTER TABLE ONLY parts ALTER n SET DEFAULT 1")]
    [InlineData("ALTER TABLE ONLY parts DROP COLUMN n")]
    [InlineData("ALTER TABLE ONLY parts RENAME COLUMN n TO m")]
    [InlineData("ALTER TABLE ONLY customers ADD COLUMN x int")]
    [InlineData("ALTER TABLE codes ALTER c TYPE json USING c::json")]
    [InlineData("ALTER TABLE codes ALTER c TYPE point USING NULL::point")]
    [InlineData("ALTER TABLE codes ALTER d TYPE json USING d::json")]
    [InlineData("ALTER TABLE codes ALTER c TYPE jsonb USING c::jsonb")]
    public async Task The_server_says_what_was_foretold(string sql)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Setup);
        string? error = null;
        try
        {
            await database.ExecuteAsync(sql);
        }
        catch (PostgresException refused)
        {
            error = refused.SqlState;
        }

        FileRisk risk = RiskFixtures.Analyse(sql + ";", Setup);
        string? foretold = new[] { "0A000", "42P16", "42704", "23502" }.FirstOrDefault(code => risk.AllFindings.Any(finding => finding.Message.Contains($"({code})", StringComparison.Ordinal)));
        Assert.Equal(error, foretold);
    }

    [Fact]
    public void A_table_that_is_only_assumed_to_refer_is_not_accused() =>
        Assert.DoesNotContain("statement-refused", RiskFixtures.Rules(RiskFixtures.Analyse("CREATE TABLE a(id int PRIMARY KEY); CREATE TABLE b(a int REFERENCES a); DROP TABLE b; TRUNCATE a; TRUNCATE unknown;")));
}
