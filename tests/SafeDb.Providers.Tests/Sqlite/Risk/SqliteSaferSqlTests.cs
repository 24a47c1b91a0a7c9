using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>What is proposed instead runs on real SQLite, keeps every row, makes the schema that was meant, and is itself found Safe.</summary>
public sealed class SqliteSaferSqlTests
{
    private const string Columns = "select m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk, x.hidden from sqlite_master m, pragma_table_xinfo(m.name) x where m.type='table' order by 1, x.cid;";
    private const string Others = "select type, name, tbl_name from sqlite_master where type<>'table' and sql is not null order by 1, 2;";

    public static TheoryData<string, string, string> Proposals => new(
        SqliteHazardCases.All.Select(hazard => (hazard.Name, hazard.Setup, hazard.Change)).Concat(More)
            .SelectMany(item => Proposed(item.Setup, item.Change).Select(_ => (item.Name, item.Setup, item.Change))));

    // A table with everything at once.
    private static IEnumerable<(string Name, string Setup, string Change)> More =>
    [
        ("everything at once",
            "pragma foreign_keys=on; create table p(id integer primary key autoincrement, \"a b\" text default 'x;y', [n] int check(n > 0)); create table k(id integer primary key, pid int references p(id) on delete cascade);"
            + "create index \"p a\" on p(\"a b\"); create unique index pn on p(n) where n is not null; create view v as select n from p; create view w as select * from v; create table log(x);"
            + "create trigger tp after insert on p begin insert into log values(new.id); end; create trigger tk after delete on k begin update p set n = 1 where id = old.pid; end;"
            + "insert into p(n) values (1),(2),(3); insert into k(pid) values (1),(2); delete from log; delete from p where id=3;",
            "alter table p alter column n type text;"),
        ("rebuild of everything", "pragma foreign_keys=on; create table p(id integer primary key autoincrement, a); create table k(pid int references p(id) on delete cascade); create index pa on p(a); create view v as select a from p; insert into p values(1,1),(2,2); insert into k values(1),(2);",
            "create table p2(id integer primary key autoincrement, a, c); insert into p2(id,a) select id,a from p; drop view v; drop table p; alter table p2 rename to p; create index pa on p(a); create view v as select a from p;"),
    ];

    [Theory]
    [MemberData(nameof(Proposals))]
    public void The_proposal_keeps_the_rows_and_is_safe(string name, string setup, string change)
    {
        SqliteShell.RequireVersion();
        foreach (string safer in Proposed(setup, change))
        {
            AssertRowsKept(setup, safer);
            Assert.Equal("ok", SqliteShell.Run($"{setup}\n{safer}\npragma integrity_check; pragma foreign_key_check;"));
            Assert.True(Analyse(setup, safer).Level == RiskLevel.Safe, $"{name}: {string.Join(' ', Analyse(setup, safer).AllFindings.Select(finding => finding.Message))}");
        }
    }

    [Fact]
    public void Every_rule_that_proposes_something_has_a_case()
    {
        HashSet<string> covered = [.. SqliteHazardCases.All.Select(hazard => (hazard.Setup, hazard.Change)).Concat(More.Select(item => (item.Setup, item.Change)))
            .SelectMany(item => Analyse(item.Setup, item.Change).AllFindings).Where(finding => finding.SaferSql is not null).Select(finding => finding.Rule)];
        Assert.Empty(SaferSqlRules.In("SafeDb.Sqlite").Except(covered, StringComparer.Ordinal));
    }

    // With empty tables SQLite accepts what it refuses with rows: that is the schema that was meant.
    [Fact]
    public void The_proposal_makes_the_schema_that_the_statement_makes_on_empty_tables()
    {
        SqliteShell.RequireVersion();
        int compared = 0;
        foreach ((string name, string setup, string change) in SqliteHazardCases.All.Where(hazard => !hazard.Name.StartsWith("REBUILD", StringComparison.Ordinal)).Select(hazard => (hazard.Name, hazard.Setup, hazard.Change)))
        {
            string empty = string.Concat(Tables(setup).Select(table => $"delete from \"{table}\";"));
            string meant = SqliteShell.Run($"pragma foreign_keys=off;{setup}\n{empty}\n{change}\n{Columns}");
            foreach (string safer in Proposed(setup, change).Where(_ => !meant.Contains("error", StringComparison.OrdinalIgnoreCase)))
            {
                Assert.True(meant == SqliteShell.Run($"{setup}\n{safer}\n{Columns}"), $"{name}: {safer}");
                compared++;
            }
        }

        Assert.True(compared >= 2, $"only {compared} compared");
    }

    [Fact]
    public void A_corrected_rebuild_makes_the_schema_that_the_author_meant()
    {
        SqliteShell.RequireVersion();
        int compared = 0;
        foreach ((string _, string setup, string change) in SqliteHazardCases.All.Where(hazard => hazard.Name.StartsWith("REBUILD", StringComparison.Ordinal)).Select(hazard => (hazard.Name, hazard.Setup, hazard.Change)))
        {
            // Without rows and foreign keys the author's own statements do what was meant.
            string empty = setup.Replace("pragma foreign_keys=on;", "", StringComparison.Ordinal);
            string meant = SqliteShell.Run($"{empty}\n{change}\n{Columns}");
            foreach (string safer in Proposed(setup, change).Where(_ => !meant.Contains("error", StringComparison.OrdinalIgnoreCase)))
            {
                Assert.Equal(meant, SqliteShell.Run($"{setup}\n{safer}\n{Columns}"));
                compared++;
            }
        }

        Assert.True(compared >= 5, $"only {compared} compared");
    }

    [Fact]
    public void Indexes_triggers_and_views_are_all_there_again()
    {
        SqliteShell.RequireVersion();
        (string _, string setup, string change) = More.First();
        string safer = Assert.Single(Proposed(setup, change).Distinct());
        Assert.Equal(SqliteShell.Run($"{setup}\n{Others}"), SqliteShell.Run($"{setup}\n{safer}\n{Others}"));

        // The counter goes on: the id of the deleted row is not given again.
        Assert.Equal("4", SqliteShell.Run($"{setup}\n{safer}\ninsert into p(n) values('9'); select max(id) from p;"));
    }

    private static string[] Tables(string setup) =>
        [.. SqliteShell.Run($"{setup}\nselect name from sqlite_master where type='table' and name not like 'sqlite%';").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    // Every value of the columns that are there before and after, as text: a change of type may write 1 as '1'.
    private static void AssertRowsKept(string setup, string safer)
    {
        foreach (string table in Tables(setup))
        {
            string[] columns = [.. ColumnsOf(setup, table).Intersect(ColumnsOf($"{setup}\n{safer}", table), StringComparer.Ordinal)];
            Assert.NotEmpty(columns);
            string values = string.Join("||','||", columns.Select(column => $"quote(cast(\"{column}\" as text))"));
            string question = $"select '{table}', count(*), group_concat(v, ';') from (select {values} as v from \"{table}\" order by 1);";
            Assert.Equal(SqliteShell.Run($"{setup}\n{question}"), SqliteShell.Run($"{setup}\n{safer}\n{question}"));
        }
    }

    private static string[] ColumnsOf(string script, string table) =>
        System.Text.Json.JsonSerializer.Deserialize<string[]>(SqliteShell.Run($"{script}\nselect json_group_array(name) from pragma_table_xinfo('{table}');"))!;

    private static List<string> Proposed(string setup, string change) => [.. Analyse(setup, change).AllFindings.Select(finding => finding.SaferSql).OfType<string>().Distinct()];

    private static FileRisk Analyse(string setup, string change)
    {
        RiskFile before = new(new SourceText(setup, "000.sql"), FileTransaction.PerStatement) { Applied = true };
        return Assert.Single(new RiskAnalyzer(new SqliteRiskDialect()).Analyse([before, new RiskFile(new SourceText(change, "001.sql"), FileTransaction.PerStatement)], new RiskOptions()));
    }
}
