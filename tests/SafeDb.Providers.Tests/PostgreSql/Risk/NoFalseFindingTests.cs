using SafeDb.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>What real migrations do that looks like a danger and is none, or another one.</summary>
public sealed class NoFalseFindingTests
{
    private const string Enum = "CREATE TYPE mood AS ENUM ('a', 'b'); ALTER TABLE orders ADD m mood;";

    [Theory]
    [InlineData("drop-constraint-loses-guarantee", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers ON DELETE RESTRICT")]
    [InlineData("drop-constraint-loses-guarantee", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; DROP TABLE orders")]
    [InlineData("drop-constraint-loses-guarantee", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; ALTER TABLE orders DROP COLUMN customer_id")]
    [InlineData("drop-primary-key", "ALTER TABLE customers DROP CONSTRAINT customers_pkey, ALTER id TYPE text, ADD CONSTRAINT customers_pkey PRIMARY KEY (id)")]
    [InlineData("drop-schema-loses-data", "DROP SCHEMA s")]
    [InlineData("database-reset", "DROP SCHEMA IF EXISTS s")]
    [InlineData("change-type-may-fail", "ALTER TABLE orders ADD n int; ALTER TABLE orders ALTER n TYPE numeric(65,30)")]
    [InlineData("change-type-loses-data", Enum + "CREATE TYPE mood_new AS ENUM ('a'); ALTER TABLE orders ALTER m TYPE mood_new USING (m::text::mood_new)")]
    [InlineData("set-logged-rewrites-table", "ALTER TABLE orders SET LOGGED")]
    [InlineData("drop-table-loses-data", "DROP TABLE IF EXISTS orders_copy; CREATE TABLE orders_copy(id int); DROP TABLE orders_copy", RiskLevel.Dangerous)]
    public void Harmless(string rule, string sql, RiskLevel least = RiskLevel.Safe)
    {
        FileRisk risk = RiskFixtures.Analyse(sql + ";");
        Assert.All(risk.Statements, statement => Assert.True(statement.Analysed, statement.NotAnalysedBecause));
        Assert.DoesNotContain(risk.AllFindings, finding => finding.Rule == rule && finding.Level >= least);
    }

    [Theory]
    [InlineData("drop-constraint-loses-guarantee", "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey; ALTER TABLE orders DROP COLUMN note")]
    [InlineData("drop-primary-key", "ALTER TABLE customers DROP CONSTRAINT customers_pkey, ADD PRIMARY KEY (id, email)")]
    [InlineData("drop-schema-loses-data", "DROP SCHEMA s CASCADE")]
    [InlineData("change-type-may-fail", "ALTER TABLE orders ADD n int; ALTER TABLE orders ALTER n TYPE numeric(12,4)")]
    [InlineData("change-type-may-fail", Enum + "CREATE TYPE mood_new AS ENUM ('a'); ALTER TABLE orders ALTER m TYPE mood_new USING (m::text::mood_new)")]
    [InlineData("drop-table-loses-data", "DROP TABLE IF EXISTS orders")]
    [InlineData("drop-table-loses-data", "DROP TABLE IF EXISTS orders_copy")]
    public void And_beside_it_the_danger(string rule, string sql) => Assert.Contains(rule, RiskFixtures.Rules(RiskFixtures.Analyse(sql + ";")));

    [Theory]
    [InlineData("DROP FUNCTION IF EXISTS short_id(int, text); CREATE FUNCTION short_id(size int, alphabet text) RETURNS text LANGUAGE sql AS 'select alphabet'", false)]
    [InlineData("DROP VIEW totals; CREATE VIEW totals AS SELECT 1 AS one", false)]
    [InlineData("DROP FUNCTION IF EXISTS short_id(int, text)", true)]
    [InlineData("DROP VIEW totals", true)]
    public void What_the_same_file_makes_again_breaks_no_code(string sql, bool risky) =>
        Assert.Equal(risky, RiskFixtures.Analyse(sql + ";").AllFindings.Any(finding => finding.Rule == "drop-view-breaks-code" && finding.Level > RiskLevel.Safe));

    [Fact]
    public void The_lock_on_a_referenced_table_that_is_new_is_not_a_danger()
    {
        FileRisk risk = RiskFixtures.Analyse("CREATE TABLE groups(id int PRIMARY KEY); ALTER TABLE orders ADD grp int; ALTER TABLE orders ADD FOREIGN KEY (grp) REFERENCES groups;");
        Assert.DoesNotContain("both locked", Assert.Single(risk.AllFindings, finding => finding.Rule == "add-foreign-key-scans-tables").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_type_is_known_by_its_new_name()
    {
        FileRisk risk = RiskFixtures.Analyse(Enum + "ALTER TYPE mood RENAME TO temper; CREATE TYPE other AS ENUM ('a'); ALTER TABLE orders ALTER m TYPE other USING (m::text::other);");
        Assert.Contains(risk.AllFindings, finding => finding.Rule == "change-type-may-fail" && finding.Message.Contains("temper", StringComparison.Ordinal));
    }

    [Fact]
    public void Dropping_three_old_tables_of_many_is_no_reset()
    {
        RiskFile[] files =
        [
            new(new SourceText("CREATE TABLE a(id int); CREATE TABLE b(id int); CREATE TABLE c(id int); CREATE TABLE stays(id int);", "1.sql"), FileTransaction.Single),
            new(new SourceText("DROP TABLE a; DROP TABLE b; DROP TABLE c;", "2.sql"), FileTransaction.Single),
            new(new SourceText("CREATE TABLE d(id int); CREATE TABLE e(id int);", "3.sql"), FileTransaction.Single),
            new(new SourceText("DROP TABLE d; DROP TABLE e; DROP TABLE stays;", "4.sql"), FileTransaction.Single),
        ];
        IReadOnlyList<FileRisk> risks = new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse(files, new RiskOptions());
        Assert.DoesNotContain(risks[1].AllFindings, finding => finding.Rule == "database-reset");
        Assert.Contains(risks[3].AllFindings, finding => finding.Rule == "database-reset");
    }
}
