using Microsoft.Data.Sqlite;

using NSubstitute;

using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>With a database, the numbers are exact, nothing is changed, and a question that takes too long has no answer.</summary>
public sealed class SqliteProbeTests : IAsyncDisposable
{
    private readonly SqliteConnection _connection = Open();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    [Theory]
    [InlineData("alter table o add x int not null;", "add-column-fails-with-rows", 3, RiskLevel.Risky)]
    [InlineData("alter table e add x int not null;", "add-column-fails-with-rows", 0, RiskLevel.Safe)]
    [InlineData("alter table o add x int default -1 check(x > 0);", "add-column-fails-with-rows", 3, RiskLevel.Risky)]
    [InlineData("create unique index u on o(note);", "unique-index-fails-on-duplicates", 1, RiskLevel.Risky)]
    [InlineData("create unique index u on o(id, note);", "unique-index-fails-on-duplicates", 0, RiskLevel.Safe)]
    [InlineData("drop table o;", "drop-table-loses-data", 3, RiskLevel.Dangerous)]
    [InlineData("drop table e;", "drop-table-loses-data", 0, RiskLevel.Risky)]
    [InlineData("drop table o;", "drop-table-deletes-children", 2, RiskLevel.Dangerous)]
    [InlineData("alter table o drop column note;", "drop-column-loses-data", 2, RiskLevel.Risky)]
    [InlineData("begin; create table n(id integer primary key, note text not null); insert into n(id, note) select id, note from o; drop table o; alter table n rename to o; commit;", "rebuild-tightens-column", 1, RiskLevel.Risky)]
    [InlineData("begin; create table n(id integer primary key, note); insert into n(id, note) select id, note from o; drop table o; alter table n rename to o; commit;", "table-rebuild-deletes-children", 2, RiskLevel.Dangerous)]
    public async Task The_rows_at_risk_are_counted(string sql, string rule, long rows, RiskLevel level)
    {
        RiskFinding finding = (await AnalyseAsync(sql)).AllFindings.First(item => item.Rule == rule);
        Assert.Equal(rows, finding.RowsAtRisk);
        Assert.Equal(level, finding.Level);
    }

    [Fact]
    public async Task A_question_cannot_change_anything_and_a_wrong_one_has_no_answer()
    {
        IDatabaseSession session = Session();
        var database = new SqliteRiskDatabase();
        Assert.Null(await database.CountAsync(session, new RiskProbe("x", "delete from o returning 1"), TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Null(await database.CountAsync(session, new RiskProbe("x", "select count(*) from nowhere"), TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
        Assert.Equal(3, await database.CountAsync(session, new RiskProbe("x", "select count(*) from o"), TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));

        // The session can write again afterwards.
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "insert into e values (1)";
        Assert.Equal(1, command.ExecuteNonQuery());
    }

    [Fact]
    public async Task A_question_that_takes_too_long_is_interrupted()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        const string Endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c";
        Assert.Null(await new SqliteRiskDatabase().CountAsync(Session(), new RiskProbe("x", Endless), TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), watch.Elapsed.ToString());
    }

    private async Task<FileRisk> AnalyseAsync(string sql)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var database = new SqliteRiskDatabase();
        IDatabaseSession session = Session();
        var options = new RiskOptions { Catalog = await database.ReadFactsAsync(session, cancellation) };
        var analyzer = new RiskAnalyzer(new SqliteRiskDialect());
        IReadOnlyList<FoundRisk> found = analyzer.Find([new RiskFile(new SourceText(sql, "1.sql"), FileTransaction.PerStatement)], options);
        found = await new RiskProbeService(database, TimeProvider.System).AnswerAsync(found, session, RiskProbeLimits.Default, SilentObserver.Instance, cancellation);
        return Assert.Single(analyzer.Judge(found));
    }

    private IDatabaseSession Session()
    {
        IDatabaseSession session = Substitute.For<IDatabaseSession>();
        session.Connection.Returns(_connection);
        return session;
    }

    private static SqliteConnection Open()
    {
        SQLitePCL.Batteries_V2.Init();
        var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "create table o(id integer primary key, note text); create table e(id integer); create table k(id integer primary key, o int references o(id) on delete cascade);"
            + "insert into o values (1,'a'),(2,'a'),(3,null); insert into k values (1,1),(2,2),(3,null);";
        command.ExecuteNonQuery();
        return connection;
    }
}
