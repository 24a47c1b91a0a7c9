using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>What a statement executes besides itself is judged where it is executed, as far as it stands in the text.</summary>
public sealed class ExecutedCodeTests
{
    private const string Cleanup = "CREATE FUNCTION cleanup() RETURNS void LANGUAGE plpgsql AS $$ DECLARE comment text := 'x'; n int; BEGIN comment := 'y'; SELECT count(*) INTO n FROM orders; DELETE FROM orders; END $$;\n";

    [Fact]
    public void A_function_that_is_only_created_does_nothing()
    {
        StatementRisk created = Assert.Single(RiskFixtures.Analyse(Cleanup).Statements);
        Assert.True(created.Analysed);
        Assert.Empty(created.Locks);
    }

    [Theory]
    [InlineData("SELECT cleanup();")]
    [InlineData("DO $$ BEGIN PERFORM cleanup(); END $$;")]
    [InlineData("CREATE FUNCTION outer_one() RETURNS void LANGUAGE sql AS 'SELECT cleanup()'; SELECT outer_one();")]
    public void A_function_made_in_the_same_file_is_read_where_it_is_called(string call)
    {
        FileRisk risk = RiskFixtures.Analyse(Cleanup + call);
        StatementRisk called = risk.Statements[^1];
        Assert.True(called.Analysed, called.NotAnalysedBecause);
        Assert.Contains(called.Locks, held => held is { Relation: "public.orders", Mode: "RowExclusive" });
        Assert.Contains(called.Effects, effect => effect is { Kind: EffectKind.Delete, Relation: "public.orders", Bounded: false });
    }

    [Theory]
    [InlineData("CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE orders DROP COLUMN note; END $$; CALL p();")]
    [InlineData("PREPARE p AS DELETE FROM orders; EXECUTE p;", "public.orders", "RowExclusive")]
    [InlineData("DO $$ BEGIN EXECUTE 'ALTER TABLE orders ' || 'DROP COLUMN note'; END $$;")]
    [InlineData("DO $$ BEGIN IF 1 = 1 THEN NULL; ELSIF 2 = 2 THEN EXECUTE $q$ALTER TABLE orders DROP COLUMN note$q$; END IF; END $$;")]
    [InlineData("DO 'BEGIN ALTER TABLE orders DROP COLUMN note; EXCEPTION WHEN undefined_column THEN RAISE NOTICE ''gone''; END';")]
    [InlineData("DO $$ <<outer>> DECLARE i int; BEGIN FOR i IN 1..3 LOOP ALTER TABLE orders DROP COLUMN note; END LOOP; END $$;")]
    public void Locks_of_executed_code_are_the_statements(string sql, string relation = "public.orders", string mode = "AccessExclusive")
    {
        StatementRisk last = RiskFixtures.Analyse(sql).Statements[^1];
        Assert.True(last.Analysed, last.NotAnalysedBecause);
        Assert.Contains(last.Locks, held => held.Relation == relation && held.Mode == mode);
    }

    [Fact]
    public void Statements_of_a_block_know_those_before_them()
    {
        StatementRisk block = Assert.Single(RiskFixtures.Analyse("DO $$ BEGIN CREATE TABLE fresh(id int); ALTER TABLE fresh ADD x int NOT NULL; DROP TABLE fresh; END $$;").Statements);
        Assert.True(block.Analysed, block.NotAnalysedBecause);
        Assert.Equal(RiskLevel.Safe, block.Level);
        Assert.Empty(block.Locks);
    }

    [Fact]
    public void What_is_put_together_at_run_time_is_reported_with_its_line()
    {
        StatementRisk block = Assert.Single(RiskFixtures.Analyse("DO $$\nDECLARE r record;\nBEGIN\n  ALTER TABLE orders DROP COLUMN note;\n  EXECUTE format('DROP TABLE %I', 'x');\nEND $$;").Statements);
        Assert.False(block.Analysed);
        Assert.Contains("line 5", block.NotAnalysedBecause, StringComparison.Ordinal);
        Assert.Contains(block.Findings, finding => finding.Rule == "drop-column-loses-data");
    }

    [Fact]
    public void A_function_that_calls_itself_ends()
    {
        FileRisk risk = RiskFixtures.Analyse("CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM f(); DELETE FROM orders; END $$; SELECT f();");
        Assert.False(risk.Statements[^1].Analysed);
    }

    [Fact]
    public void A_schema_is_made_with_what_is_in_it()
    {
        FileRisk risk = RiskFixtures.Analyse("CREATE SCHEMA s CREATE TABLE a(id int PRIMARY KEY, o bigint REFERENCES public.orders) CREATE VIEW v AS SELECT id FROM a GRANT SELECT ON a TO app; ALTER TABLE s.a ADD x int NOT NULL;");
        Assert.All(risk.Statements, statement => Assert.True(statement.Analysed, statement.NotAnalysedBecause));
        Assert.Contains(risk.Statements[0].Locks, held => held is { Relation: "public.orders", Mode: "ShareRowExclusive" });
        Assert.Empty(risk.Statements[1].Locks);
    }
}
