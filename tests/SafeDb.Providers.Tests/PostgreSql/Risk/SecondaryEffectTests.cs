using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>What falls with an object without being named: run on a real server, and foretold.</summary>
public sealed class SecondaryEffectTests(PostgresCluster cluster)
{
    private const string Columns = "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid='t'::regclass AND attnum>0 AND NOT attisdropped";

    [Theory]
    [InlineData("CREATE TYPE e AS ENUM('a'); CREATE TABLE t(id int, x e, y int);", "DROP TYPE e CASCADE", Columns, "id,y", "cascade-drops-dependents", "public.t.x")]
    [InlineData("CREATE EXTENSION citext; CREATE TABLE t(id int, x citext);", "DROP EXTENSION citext CASCADE", Columns, "id", "cascade-drops-dependents", "every column of the extension's types")]
    [InlineData("CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'select $1'; CREATE TABLE t(id int, x int DEFAULT f(1)); CREATE INDEX ti ON t(f(id));", "DROP FUNCTION f(int) CASCADE",
        "SELECT (SELECT count(*) FROM pg_index WHERE indrelid='t'::regclass) || ',' || (SELECT count(*) FROM pg_attrdef WHERE adrelid='t'::regclass)", "0,0", "cascade-drops-dependents", "expression index")]
    [InlineData("CREATE TABLE t(a int, b int, c int, UNIQUE(a,b));", "ALTER TABLE t DROP COLUMN b",
        "SELECT (SELECT count(*) FROM pg_index WHERE indrelid='t'::regclass) || ',' || (SELECT count(*) FROM pg_constraint WHERE conrelid='t'::regclass AND contype = 'u')", "0,0", "drop-column-drops-key", "t_a_b_key")]
    [InlineData("CREATE TABLE t(id int, x int);", "ALTER TABLE t ADD COLUMN IF NOT EXISTS x text", "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid='t'::regclass AND attname='x'", "integer", "add-column-already-exists", "integer")]
    public async Task What_falls_unnamed_is_foretold(string setup, string sql, string question, string answer, string rule, string words)
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(setup);
        await database.ExecuteAsync(sql);
        Assert.Equal(answer, await database.ScalarAsync<string>(question));
        RiskFinding finding = Assert.Single(RiskFixtures.Analyse(sql + ";", setup).AllFindings, finding => finding.Rule == rule);
        Assert.Contains(words, finding.Message, StringComparison.Ordinal);
    }
}
