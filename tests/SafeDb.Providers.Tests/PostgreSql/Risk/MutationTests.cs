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
