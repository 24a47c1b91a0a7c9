using System.Globalization;

using SafeDb.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>A lock timeout is read as the server reads it: what it shows is the oracle.</summary>
public sealed class LockTimeoutTests(PostgresCluster cluster)
{
    [Theory]
    [InlineData("SET lock_timeout = 0")]
    [InlineData("SET lock_timeout = '0 min'")]
    [InlineData("SET lock_timeout = '400us'")]
    [InlineData("SET lock_timeout = '500 us'")]
    [InlineData("SET lock_timeout = '700us'")]
    [InlineData("SET lock_timeout = 30000")]
    [InlineData("SET lock_timeout = 30001")]
    [InlineData("SET lock_timeout TO 60000")]
    [InlineData("SET lock_timeout = '2s'")]
    [InlineData("SET lock_timeout = ' 1.5 min '")]
    [InlineData("SET lock_timeout = '0.2min'")]
    [InlineData("SET lock_timeout = '5min'")]
    [InlineData("SET lock_timeout = '1h'")]
    [InlineData("SET lock_timeout = '1d'")]
    [InlineData("SET lock_timeout = '1e3'")]
    [InlineData("SELECT set_config('lock_timeout', '0', false)")]
    [InlineData("SELECT pg_catalog.set_config('LOCK_TIMEOUT', '1h', false)")]
    [InlineData("SELECT pg_catalog.set_config('lock_timeout'::text, '4s'::text, false)")]
    [InlineData("SELECT set_config('lock_timeout', NULL, false)")]
    [InlineData("DO $$ BEGIN PERFORM set_config('lock_timeout', '0', false); END $$")]
    [InlineData("DO $$ BEGIN SET lock_timeout = '5min'; END $$")]
    [InlineData("DO $$ BEGIN EXECUTE 'SET lock_timeout = 0'; END $$")]
    public async Task A_limit_counts_when_the_server_has_a_short_one(string set)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await using Npgsql.NpgsqlConnection connection = await database.OpenAsync();
        await MeasuredEffect.ExecuteAsync(connection, "SET lock_timeout = '7s'; " + set);
        await using var command = new Npgsql.NpgsqlCommand("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'", connection);
        int now = int.Parse((string)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);

        FileRisk risk = Assert.Single(new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse(
            [new RiskFile(new SourceText(set + "; ALTER TABLE orders ADD COLUMN x integer;", "001.sql"), FileTransaction.Single)], new RiskOptions { RunnerSetsLockTimeout = true }));
        RiskFinding? finding = risk.AllFindings.FirstOrDefault(finding => finding.Rule == "lock-timeout-missing");
        Assert.Equal(now is 0 or > 30_000, finding is not null);
        Assert.True(finding is null or { Level: RiskLevel.Risky });
        Assert.Equal(now > 30_000, finding?.Message.Contains("limit of ", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("SELECT set_config('statement_timeout', '0', false)")]
    [InlineData("SELECT set_config('lock_timeout', current_setting('other.limit'), false)")]
    [InlineData("SELECT own.set_config('lock_timeout', '0', false)")]
    [InlineData("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('lock_timeout', '0', false); END $$")]
    public void Other_settings_take_nothing_away(string sql)
    {
        FileRisk risk = Assert.Single(new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse(
            [new RiskFile(new SourceText(sql + "; ALTER TABLE orders ADD COLUMN x integer;", "001.sql"), FileTransaction.Single)], new RiskOptions { RunnerSetsLockTimeout = true }));
        Assert.DoesNotContain(risk.AllFindings, finding => finding.Rule == "lock-timeout-missing");
    }
}
