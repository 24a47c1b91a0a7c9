using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Real statements, mutilated at random, and texts that nest without end: nothing crashes, nothing hangs, and the pieces still make up the text.</summary>
public sealed class MutationTests
{
    [Fact]
    public void Mutated_sql_never_crashes_the_analysis()
    {
        string[] seeds = [.. System.Text.Json.JsonDocument.Parse(File.ReadAllText(StatementFactsTests.Beside("ddl-cases.json"))).RootElement.EnumerateArray()
            .Select(one => string.Concat(one.GetProperty("setup").EnumerateArray().Concat(one.GetProperty("ddl").EnumerateArray()).Select(sql => sql.GetString() + ";\n"))), RiskFixtures.Orders, RuleTests.DoBlock];
        int version = 12;
        SqlMutation.Try(seeds, LongTests.Enabled ? 100_000 : 4_000, sql =>
        {
            version = version == 18 ? 12 : version + 1;
            ScriptTests.AssertJoins(sql, ScriptTests.Split(sql));
            FileRisk risk = RiskFixtures.Analyse(sql, version: version * 10000);
            Assert.All(risk.Statements, statement => Assert.True(statement.Analysed || statement.NotAnalysedBecause is { Length: > 0 }));
        });
    }

    // The server refuses each of the second statements (42P07, circular inheritance).
    [Theory]
    [InlineData("CREATE TABLE p (i int) PARTITION BY LIST (i); ALTER TABLE p ATTACH PARTITION p FOR VALUES IN (1);")]
    [InlineData("CREATE TABLE p (i int) PARTITION BY LIST (i); CREATE TABLE q PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (i); ALTER TABLE q ATTACH PARTITION p DEFAULT;")]
    [InlineData("CREATE TABLE p (i int); CREATE TABLE q () INHERITS (p); CREATE TABLE r () INHERITS (q); ALTER TABLE p INHERIT r;")]
    [InlineData("CREATE TABLE p (i int); ALTER TABLE p INHERIT p;")]
    [InlineData("CREATE TABLE p PARTITION OF p DEFAULT;")]
    public void Circles_of_tables_come_to_an_end(string circle)
    {
        FileRisk risk = RiskFixtures.Analyse(circle + " TRUNCATE p; ALTER TABLE p ADD COLUMN c int; ALTER TABLE ONLY p ADD COLUMN d int; CREATE INDEX ON p (i); DROP TABLE p CASCADE;");
        Assert.All(risk.Statements, statement => Assert.True(statement.Analysed, statement.Sql));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("explain ")]
    [InlineData("prepare x as ")]
    [InlineData("copy (")]
    [InlineData("create schema s create schema s ")]
    [InlineData("do $$ begin ")]
    [InlineData("select * from ")]
    [InlineData("case ")]
    [InlineData("\\i x\n")]
    public void Time_and_stack_grow_with_the_length_only(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 200_000 / unit.Length));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        ScriptTests.AssertJoins(text, ScriptTests.Split(text));
        _ = RiskFixtures.Analyse(text);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed} for 200 kB of {unit}");
    }
}
