using SafeDb.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Where a script is cut.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2;", 2)]
    [InlineData("SELECT ';'; SELECT \";\"; SELECT $$;$$; SELECT $a$;$$;$a$; SELECT E'\\';';", 5)]
    [InlineData("SELECT 1 /* ; /* ; */ ; */; -- ;\nSELECT 2", 2)]
    [InlineData("SELECT U&'\\0041;'; SELECT U&\"a;b\"; SELECT B'01', X'1F';", 3)]
    [InlineData("SELECT 'a'\n'b;'; SELECT 1--;\n+2;", 2)]
    [InlineData("SELECT 1 <-- ;\n 2; SELECT 3 */* ; */ 4;", 2)]
    [InlineData("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 ELSE 2 END; SELECT 2; END; SELECT 3;", 2)]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 1;", 2)]
    [InlineData("CREATE TABLE t(a int; SELECT 2;", 2)]
    [InlineData("SELECT $1; SELECT a$b$c; SELECT $$a$$ || $x$ $$ $x$;", 3)]
    [InlineData("\\restrict abc\nSELECT 1;\n\\connect other\nSELECT 2 \\gset\nSELECT 3;", 3)]
    [InlineData("COPY t FROM STDIN;\n1\t;x\n\\.\nSELECT 1;", 2)]
    [InlineData(";;;", 0)]
    public void A_script_is_cut_where_the_server_would(string sql, int statements)
    {
        IReadOnlyList<ScriptPiece> pieces = Split(sql);
        Assert.Equal(statements, pieces.Count(piece => piece.Kind == ScriptPieceKind.Statement));
        AssertJoins(sql, pieces);
    }

    [Theory]
    [InlineData("SELECT 1; SELECT 'open")]
    [InlineData("SELECT 1; SELECT $x$ open $$")]
    [InlineData("SELECT 1; /* open /* */")]
    [InlineData("SELECT 1; SELECT \"open")]
    [InlineData("SELECT 1; COPY t FROM STDIN;\n1\n2\n")]
    public void What_is_not_closed_hides_nothing_before_it(string sql)
    {
        IReadOnlyList<ScriptPiece> pieces = Split(sql);
        Assert.Equal(ScriptPieceKind.Statement, pieces[0].Kind);
        Assert.Equal(ScriptPieceKind.Broken, pieces[^1].Kind);
        AssertJoins(sql, pieces);
        FileRisk risk = RiskFixtures.Analyse("DROP TABLE orders; " + sql);
        Assert.Contains("drop-table-loses-data", RiskFixtures.Rules(risk));
        Assert.Contains(risk.Statements, statement => !statement.Analysed && statement.NotAnalysedBecause is not null);
    }

    [Fact]
    public void Statements_are_located_by_line_and_column()
    {
        StatementRisk second = RiskFixtures.Analyse("SELECT 1;\n-- note\n  DROP TABLE\n  orders;").Statements[1];
        Assert.Equal((3, 3, 4, 9), (second.Location.Line, second.Location.Column, second.Location.EndLine, second.Location.EndColumn));
        Assert.Equal("DROP TABLE\n  orders", second.Sql);
    }

    [Fact]
    public void Time_grows_with_length_only()
    {
        string large = string.Concat(Enumerable.Repeat("SELECT ((((1)))) + '$$' /* x */ || $a$ $b$ $a$; ", 40_000));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(40_000, Split(large).Count(piece => piece.Kind == ScriptPieceKind.Statement));
        _ = Split(new string('(', 500_000));
        _ = Split(string.Concat(Enumerable.Repeat("/*", 300_000)));
        _ = RiskFixtures.Analyse("SELECT " + new string('(', 200_000));
        _ = RiskFixtures.Analyse("SELECT " + string.Concat(Enumerable.Repeat("extract(a from b) from ", 2_000)));

        // Linear time is about a second; quadratic time would take many minutes. Two minutes forgive a machine that is busy.
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2), watch.Elapsed.ToString());
    }

    internal static IReadOnlyList<ScriptPiece> Split(string sql) => new PostgreSqlRiskDialect().Split(new SourceText(sql));

    internal static void AssertJoins(string sql, IReadOnlyList<ScriptPiece> pieces)
    {
        Assert.Equal(sql, string.Concat(pieces.Select(piece => sql.Substring(piece.Start, piece.Length))));
        Assert.All(pieces, piece => Assert.InRange(piece.StatementStart + piece.StatementLength, piece.Start, piece.Start + piece.Length));
    }
}
