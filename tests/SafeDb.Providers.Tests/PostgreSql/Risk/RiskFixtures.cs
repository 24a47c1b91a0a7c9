using SafeDb.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Short ways to analyse a text.</summary>
internal static class RiskFixtures
{
    private static readonly PostgreSqlRiskDialect Dialect = new();

    /// <summary>A table that the analysis knows and that is in use.</summary>
    public const string Orders =
        "CREATE TABLE customers(id bigint PRIMARY KEY, email text);"
        + "CREATE TABLE orders(id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers(id) ON DELETE CASCADE, code varchar(10), note text, total numeric(10,2), placed timestamp, UNIQUE(customer_id, code));"
        + "CREATE INDEX orders_placed ON orders(placed);";

    /// <summary>Analyses a text after another one that was applied already.</summary>
    public static FileRisk Analyse(string sql, string applied = Orders, FileTransaction transaction = FileTransaction.Single, int version = 150000, ICatalogFacts? facts = null)
    {
        IRiskSession session = Dialect.Begin(new RiskOptions { ServerVersion = version, Catalog = facts });
        if (applied.Length > 0)
        {
            session.Analyse(new RiskFile(new SourceText(applied, "applied.sql"), FileTransaction.Single) { Applied = true });
        }

        return session.Analyse(new RiskFile(new SourceText(sql, "pending.sql"), transaction));
    }

    /// <summary>Ids of the rules that found something.</summary>
    public static string[] Rules(FileRisk risk) => [.. risk.AllFindings.Select(finding => finding.Rule).Distinct()];
}
