using System.Diagnostics;

using FsCheck;
using FsCheck.Fluent;

using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>The splitter gives back every byte, cuts where the sqlite3 shell does, and survives anything.</summary>
public sealed class SqliteSplitterTests
{
    private static readonly int Runs = Environment.GetEnvironmentVariable("SAFEDB_LONG_TESTS") == "1" ? 100_000 : 3_000;
    private static readonly SqliteRiskDialect Dialect = new();

    [Theory]
    [InlineData("select 1; select 2;", 2)]
    [InlineData("select ';'; select \";\"; select [;]; select `;`;", 4)]
    [InlineData("select 1 -- ; no\n; select 2 /* ; no */;", 2)]
    [InlineData("create trigger t after insert on a begin select case when 1 then 2 else 3 end; delete from b; end; select 1;", 2)]
    [InlineData("create temp trigger t after insert on a begin select 1; end; select 1", 2)]
    [InlineData("explain create trigger t after insert on a begin select 1; end; select 1", 2)]
    [InlineData("create table trigger_log(x); create table b(y);", 2)]
    [InlineData(".mode list\nselect 1;\n.quit", 3)]
    [InlineData("select x'00ff'; select 'it''s';", 2)]
    [InlineData("select 'never closed; select 2;", 1)]
    [InlineData(";;;", 0)]
    public void Statements_end_where_SQLite_ends_them(string script, int count) =>
        Assert.Equal(count, Dialect.Split(new SourceText(script)).Count(piece => piece.Kind != ScriptPieceKind.Trivia));

    [Fact]
    public void Any_text_comes_back_whole() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<string>(text => Whole(text ?? "")));

    [Fact]
    public void Mutated_migrations_are_analysed_without_a_crash_and_come_back_whole()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        string[] seeds = [.. SqliteHazardCases.All.Select(hazard => $"{hazard.Setup}\n{hazard.Change}")];
        for (int i = 0; i < Runs; i++)
        {
            string text = Mutate(seeds[random.Next(seeds.Length)], seeds[random.Next(seeds.Length)], random);
            try
            {
                Assert.True(Whole(text), $"seed {seed}, run {i}: not whole: {text}");
                _ = new RiskAnalyzer(Dialect).Analyse([new RiskFile(new SourceText(text, "m.sql"), FileTransaction.Single)], new RiskOptions());
            }
            catch (Exception problem) when (problem is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, run {i}: {problem}\n{text}");
            }
        }
    }

    [Theory]
    [InlineData("insert into t(a, ) select 1;")]
    [InlineData("create index i on t() where ;")]
    [InlineData("create index i on t(a) where ;")]
    [InlineData("alter table t alter column a type ;")]
    [InlineData("alter table t modify a;")]
    [InlineData("insert into t select ;")]
    [InlineData("create table t(a default);")]
    [InlineData("create table t(a check();")]
    [InlineData("pragma x =")]
    public void Half_a_statement_is_not_analysed_rather_than_a_crash(string sql)
    {
        FileRisk risk = Assert.Single(new RiskAnalyzer(Dialect).Analyse([new RiskFile(new SourceText(sql), FileTransaction.Single)], new RiskOptions()));
        Assert.Single(risk.Statements);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("select (((")]
    [InlineData("'a")]
    [InlineData("/*")]
    [InlineData("create trigger t begin ;")]
    [InlineData("create table t(a,")]
    [InlineData("a,")]
    [InlineData("-- x\n")]
    [InlineData("insert into t select * from a where (")]
    [InlineData("select 1;")]
    public void Time_grows_with_the_length_only(string unit)
    {
        // Quadratic work would take minutes at this length; linear work a fraction of a second.
        string text = string.Concat(Enumerable.Repeat(unit, 400_000 / unit.Length));
        var watch = Stopwatch.StartNew();
        _ = Dialect.Begin(new RiskOptions()).Analyse(new RiskFile(new SourceText(text), FileTransaction.Single));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed} for 400 kB of {unit}");
    }

    private static bool Whole(string text) => string.Concat(Dialect.Split(new SourceText(text)).Select(piece => text.Substring(piece.Start, piece.Length))) == text;

    private static string Mutate(string text, string other, Random random)
    {
        const string Odd = ";'\"`[]()-/*.,\0\ufeff\u00e4 \n\rxX$@:#?|";
        for (int edits = random.Next(1, 6); edits > 0; edits--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 30), text.Length - at);
            text = random.Next(5) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Odd[random.Next(Odd.Length)].ToString()),
                2 => text.Insert(at, text.Substring(at, length)),
                3 => text.Insert(at, other.Substring(random.Next(other.Length / 2), Math.Min(20, other.Length / 2))),
                _ => text[..at],
            };
        }

        return text;
    }
}
