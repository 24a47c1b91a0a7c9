using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>A proposed backfill names the key that its batches go along, as the run demands.</summary>
public sealed class SaferBatchTests
{
    [Theory]
    [InlineData("CREATE TABLE t (number bigint PRIMARY KEY, name text)", "-- safedb:batch key=number\n")]
    [InlineData("CREATE TABLE t (\"No\" bigint, name text, PRIMARY KEY (\"No\"))", "-- safedb:batch key=\"No\"\n")]
    [InlineData("CREATE TABLE t (a bigint, b bigint, name text, PRIMARY KEY (a, b))", "-- safedb:batch key=<primary key>\n")]
    public void The_primary_key_is_named_where_it_is_one_column(string table, string line)
    {
        FileRisk risk = RiskFixtures.Analyse("ALTER TABLE t ADD COLUMN token uuid DEFAULT gen_random_uuid();", applied: table + ";");
        Assert.Contains(risk.Statements[0].Findings, finding => finding.SaferSql?.Contains(line, StringComparison.Ordinal) == true);
    }
}
