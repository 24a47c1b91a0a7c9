using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>What earlier statements and files did decides what a later one means.</summary>
public sealed class SqliteRiskStateTests
{
    private static readonly RiskAnalyzer Analyzer = new(new SqliteRiskDialect());

    [Fact]
    public void A_table_of_the_same_file_is_new() => Assert.DoesNotContain("add-column-fails-with-rows", Rules([File("create table t(a); alter table t add b int not null;")]));

    [Fact]
    public void A_table_of_an_earlier_file_may_have_rows() =>
        Assert.Contains("add-column-fails-with-rows", Rules([File("create table t(a);"), File("alter table t add b int not null;")]));

    [Fact]
    public void A_table_of_an_earlier_pending_file_is_new_when_they_run_together() =>
        Assert.DoesNotContain("add-column-fails-with-rows", Rules([File("create table t(a);"), File("alter table t add b int not null;")], new RiskOptions { PendingTogether = true }));

    [Fact]
    public void A_table_of_an_applied_file_has_rows() =>
        Assert.Contains("add-column-fails-with-rows", Rules([File("create table t(a);") with { Applied = true }, File("alter table t add b int not null;")], new RiskOptions { PendingTogether = true }));

    [Fact]
    public void A_runner_that_wraps_the_file_makes_the_pragma_useless() =>
        Assert.Contains("foreign-keys-pragma-in-transaction", Rules([new RiskFile(new SourceText("pragma foreign_keys=off; select 1;"), FileTransaction.Single)]));

    [Fact]
    public void A_file_with_its_own_BEGIN_is_not_wrapped() =>
        Assert.DoesNotContain("foreign-keys-pragma-in-transaction", Rules([new RiskFile(new SourceText("pragma foreign_keys=off; begin; select 1; commit; pragma foreign_keys=on;"), FileTransaction.Single)]));

    [Fact]
    public void An_old_server_lacks_what_a_new_one_has()
    {
        Assert.Contains("feature-not-in-version", Rules([File("create table t(a,b); alter table t drop column b;")], new RiskOptions { ServerVersion = 3_034_000 }));
        Assert.DoesNotContain("feature-not-in-version", Rules([File("create table t(a,b); alter table t drop column b;")], new RiskOptions { ServerVersion = 3_035_000 }));
    }

    [Fact]
    public void One_bad_statement_hides_nothing_else()
    {
        string[] rules = Rules([File("create tabel x(a);\ndrop table orders;\nselect 'open")]);
        Assert.Contains("drop-table-loses-data", rules);
        Assert.Contains("statement-not-analysed", rules);
    }

    [Fact]
    public void A_rebuild_of_an_unknown_table_is_dangerous() =>
        Assert.Contains("table-rebuild-deletes-children", Rules([File("create table o2(id integer primary key); insert into o2(id) select id from o; drop table o; alter table o2 rename to o;")]));

    private static RiskFile File(string sql) => new(new SourceText(sql, "x.sql"), FileTransaction.PerStatement);

    private static string[] Rules(RiskFile[] files, RiskOptions? options = null) =>
        [.. Analyzer.Analyse(files, options ?? new RiskOptions()).SelectMany(file => file.AllFindings).Where(finding => finding.Level > RiskLevel.Safe).Select(finding => finding.Rule)];
}
