using FsCheck;
using FsCheck.Fluent;

using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.SqlServer.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.SqlServer;

/// <summary>What is said of T-SQL. The cases are written from the vendor's documentation; no server was asked.</summary>
public sealed class TSqlRiskTests
{
    public static readonly TheoryData<string, string, string?> Cases = new()
    {
        { "ALTER TABLE dbo.t ADD a int NULL", "", null },
        { "CREATE TABLE dbo.t (id int NOT NULL PRIMARY KEY, a int NOT NULL)", "", null },
        { "CREATE TABLE dbo.t (id int); ALTER TABLE dbo.t ADD a int NOT NULL; CREATE INDEX i ON dbo.t (a); ALTER TABLE dbo.t ADD CONSTRAINT c CHECK (a > 0); DROP TABLE dbo.t", "", null },
        { "ALTER TABLE dbo.t ADD a int NOT NULL", "tsql-add-not-null-without-default", null },
        { "ALTER TABLE dbo.t ADD a rowversion NOT NULL", "", null },
        { "ALTER TABLE dbo.t ADD a int NOT NULL DEFAULT 0", "tsql-add-default-rewrites-table", null },
        { "ALTER TABLE dbo.t ADD a int NOT NULL DEFAULT 0", "tsql-add-default-rewrites-table", "Standard Edition" },
        { "ALTER TABLE dbo.t ADD a int NOT NULL DEFAULT 0", "", "Enterprise Edition" },
        { "ALTER TABLE dbo.t ADD a datetime2 NOT NULL DEFAULT SYSUTCDATETIME()", "", "Azure SQL Database" },
        { "ALTER TABLE dbo.t ADD a uniqueidentifier NOT NULL DEFAULT NEWID()", "tsql-add-default-rewrites-table", "Enterprise Edition" },
        { "ALTER TABLE dbo.t ADD a nvarchar(max) NOT NULL DEFAULT N''", "tsql-add-default-rewrites-table", "Enterprise Edition" },
        { "ALTER TABLE dbo.t ADD a int NULL DEFAULT 0", "", null },
        { "ALTER TABLE dbo.t ADD a int NULL DEFAULT 0 WITH VALUES", "tsql-add-default-rewrites-table", null },
        { "ALTER TABLE dbo.t ADD id int IDENTITY NOT NULL", "tsql-add-default-rewrites-table", "Enterprise Edition" },
        { "ALTER TABLE dbo.t ALTER COLUMN a bigint NULL", "tsql-alter-column-type", null },
        { "ALTER TABLE dbo.t ALTER COLUMN a varchar(100)", "tsql-alter-column-omits-nullability,tsql-alter-column-type", null },
        { "ALTER TABLE dbo.t ALTER COLUMN a int NOT NULL", "tsql-alter-column-type,tsql-set-not-null-scans-table", null },
        { "ALTER TABLE dbo.t ADD CONSTRAINT c CHECK (a > 0)", "tsql-add-constraint-scans-table", null },
        { "ALTER TABLE dbo.t WITH NOCHECK ADD CONSTRAINT c CHECK (a > 0)", "", null },
        { "ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES dbo.p (id)", "tsql-add-constraint-scans-table", null },
        { "ALTER TABLE dbo.t CHECK CONSTRAINT f", "tsql-constraint-left-untrusted", null },
        { "ALTER TABLE dbo.t WITH CHECK CHECK CONSTRAINT f", "", null },
        { "ALTER TABLE dbo.t NOCHECK CONSTRAINT ALL", "tsql-disable-constraint", null },
        { "DISABLE TRIGGER tr ON dbo.t; ALTER TABLE dbo.t DISABLE TRIGGER tr", "tsql-disable-constraint", null },
        { "ALTER TABLE dbo.t DROP COLUMN a", "tsql-drop-column", null },
        { "ALTER TABLE dbo.t DROP CONSTRAINT PK_t", "tsql-drop-constraint", null },
        { "DROP TABLE dbo.t", "tsql-drop-table", null },
        { "DROP TABLE #t", "", null },
        { "TRUNCATE TABLE dbo.t", "tsql-drop-table", null },
        { "CREATE INDEX i ON dbo.t (a)", "tsql-index-built-offline", null },
        { "CREATE INDEX i ON dbo.t (a) WITH (ONLINE = ON)", "", null },
        { "CREATE INDEX i ON dbo.t (a) WITH (ONLINE = ON)", "tsql-online-not-available", "Standard Edition" },
        { "BEGIN TRANSACTION; CREATE INDEX i ON dbo.t (a) WITH (ONLINE = ON, RESUMABLE = ON); COMMIT", "tsql-online-not-available,tsql-xact-abort-off", "Enterprise Edition" },
        { "ALTER TABLE dbo.t ADD CONSTRAINT pk PRIMARY KEY (id)", "tsql-index-built-offline", null },
        { "EXEC sp_rename 'dbo.t', 'u'", "tsql-rename", null },
        { "SET XACT_ABORT ON; BEGIN TRAN; ALTER DATABASE CURRENT SET RECOVERY SIMPLE; COMMIT", "tsql-not-in-transaction", null },
        { "ALTER DATABASE CURRENT SET RECOVERY SIMPLE", "", null },
        { "IF NOT EXISTS (SELECT 1) CREATE TABLE dbo.t (id int)", "tsql-guard-races", null },
        { "MERGE dbo.t AS t USING dbo.s AS s ON t.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE;", "tsql-merge", null },
        { "MERGE dbo.t WITH (HOLDLOCK) AS t USING dbo.s AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1;", "", null },
        { "UPDATE dbo.t SET a = 1 WHERE b = 2", "tsql-large-change-escalates", null },
        { "UPDATE TOP (4000) dbo.t SET a = 1 WHERE b = 2", "", null },
        { "DELETE dbo.t WHERE id = 1", "tsql-large-change-escalates", null },
        { "ALTER TABLE dbo.t SET (SYSTEM_VERSIONING = OFF)", "tsql-system-versioning-off", null },
        { "BEGIN TRAN; ALTER TABLE dbo.t ADD a int NULL; COMMIT", "tsql-xact-abort-off", null },
        { "SET XACT_ABORT ON; BEGIN TRAN; ALTER TABLE dbo.t ADD a int NULL; COMMIT", "", null },
        { "DROP INDEX i ON dbo.t", "tsql-drop-index", null },
        { "CREATE TABLE dbo.n (a int); CREATE INDEX i ON dbo.n (a); DROP INDEX i ON dbo.n", "", null },
        { "ALTER TABLE dbo.t REBUILD", "tsql-index-built-offline", null },
        { "ALTER TABLE dbo.t REBUILD WITH (ONLINE = ON)", "", null },
        { "DROP VIEW dbo.v; DROP PROCEDURE dbo.p; DROP FUNCTION dbo.f; DROP SEQUENCE dbo.s; DROP SYNONYM dbo.y", "tsql-drop-breaks-code", null },
        { "CREATE OR ALTER PROCEDURE dbo.p AS SELECT 1", "", null },
        { "DBCC CHECKIDENT ('dbo.t', RESEED, 0)", "tsql-identity-reseed", null },
        { "DBCC CHECKIDENT ('dbo.t', NORESEED)", "", null },
        { "ALTER DATABASE shop SET SINGLE_USER WITH ROLLBACK IMMEDIATE", "tsql-alter-database-disrupts", null },
        { "ALTER DATABASE shop SET READ_COMMITTED_SNAPSHOT ON", "tsql-alter-database-disrupts", null },
        { "ALTER TABLE dbo.t SWITCH PARTITION 1 TO dbo.u", "tsql-switch-partition", null },
        { "USE other; BACKUP DATABASE shop TO DISK = 'x'", "tsql-not-in-azure-sql", "Azure SQL Database" },
        { "USE other; BACKUP DATABASE shop TO DISK = 'x'", "", "Enterprise Edition" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_statement_has_exactly_these_findings(string sql, string rules, string? edition)
    {
        FileRisk risk = Analyse(sql, edition);
        Assert.All(risk.Statements, statement => Assert.True(statement.Analysed, statement.NotAnalysedBecause));
        Assert.Equal(rules, string.Join(',', risk.AllFindings.Select(finding => finding.Rule).Distinct().Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Every_rule_has_a_case_and_a_page()
    {
        string[] covered = [.. Cases.SelectMany(row => row.Data.Item2.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct()];
        foreach (RiskRuleInfo rule in new SqlServerRiskDialect().Rules)
        {
            Assert.Contains(rule.Id, covered);
            Assert.True(File.Exists(RepositoryFile(RuleDocs.PathOf(rule.Id))), rule.Id);
        }
    }

    [Fact]
    public void Every_safer_sql_has_no_finding_of_its_own_rule()
    {
        foreach ((string sql, string rules, string? edition) in Cases.Select(row => row.Data))
        {
            foreach (RiskFinding finding in Analyse(sql, edition).AllFindings.Where(finding => finding.SaferSql is not null))
            {
                FileRisk safer = Analyse(finding.SaferSql!, edition ?? "Enterprise Edition");
                Assert.All(safer.Statements, statement => Assert.True(statement.Analysed, finding.SaferSql));
                Assert.DoesNotContain(finding.Rule, safer.AllFindings.Select(other => other.Rule));
            }
        }
    }

    [Fact]
    public void Every_rule_that_proposes_something_has_a_case_and_its_proposal_is_safe_by_all_rules()
    {
        var covered = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string sql, string _, string? edition) in Cases.Select(row => row.Data))
        {
            foreach (RiskFinding finding in AnalyseByAllRules(sql, edition).AllFindings.Where(finding => finding.SaferSql is not null))
            {
                covered.Add(finding.Rule);
                FileRisk safer = AnalyseByAllRules(finding.SaferSql!, edition ?? "Enterprise Edition");
                Assert.All(safer.Statements, statement => Assert.True(statement.Analysed, finding.SaferSql));
                Assert.True(safer.Level == RiskLevel.Safe, $"{finding.Rule}: {finding.SaferSql}\n{string.Join('\n', safer.AllFindings.Where(other => other.Level > RiskLevel.Safe))}");
            }
        }

        Assert.Empty(SaferSqlRules.In("SafeDb.SqlServer").Concat(SaferSqlRules.In("SafeDb.Core")).Except(covered, StringComparer.Ordinal));
    }

    private static FileRisk AnalyseByAllRules(string sql, string? edition) =>
        new RiskAnalyzer(new SqlServerRiskDialect()).Analyse([new RiskFile(new SourceText(sql, "a.sql"), FileTransaction.PerStatement)], new RiskOptions { Edition = edition })[0];

    [Theory]
    [InlineData("ALTER INDEX i ON dbo.t REBUILD WITH (ONLINE = ON, RESUMABLE = ON)", 2016, true)]
    [InlineData("ALTER INDEX i ON dbo.t REBUILD WITH (ONLINE = ON, RESUMABLE = ON)", 2017, false)]
    [InlineData("CREATE INDEX i ON dbo.t (a) WITH (ONLINE = ON, RESUMABLE = ON)", 140000, true)]
    [InlineData("CREATE INDEX i ON dbo.t (a) WITH (ONLINE = ON, RESUMABLE = ON)", 150000, false)]
    public void What_a_version_lacks_is_found(string sql, int version, bool found)
    {
        FileRisk risk = new SqlServerRiskDialect().Begin(new RiskOptions { Edition = "Enterprise Edition", ServerVersion = version })
            .Analyse(new RiskFile(new SourceText(sql, "a.sql"), FileTransaction.PerStatement));
        Assert.Equal(found, risk.AllFindings.Any(finding => finding.Rule == "tsql-online-not-available"));
    }

    [Fact]
    public void Syntax_newer_than_the_parser_is_not_analysed_and_hides_nothing_though_nobody_wrote_semicolons()
    {
        FileRisk risk = Analyse("CREATE TABLE dbo.a (id int)\nSELECT GREATEST_OF(1 2)\nCREATE INDEX i ON dbo.t (a) WITH (XML_COMPRESSION_NEW = ON (1))\nDROP TABLE dbo.t\n", null);
        Assert.Contains(risk.Statements, statement => !statement.Analysed);
        Assert.Contains(risk.AllFindings, finding => finding.Rule == "tsql-drop-table" && finding.Relation == "dbo.t");
        Assert.Equal("CreateTable", risk.Statements[0].Kind);
    }

    [Fact]
    public void The_body_of_a_procedure_that_cannot_be_read_is_not_taken_for_statements()
    {
        FileRisk risk = Analyse("-- a comment\nCREATE OR ALTER PROCEDURE dbo.p AS\nBEGIN\n  SELECT NEWER SYNTAX (1 2;\n  DROP TABLE dbo.t;\nEND\nGO\nDROP TABLE dbo.u\n", null);
        Assert.Equal([false, true], risk.Statements.Select(statement => statement.Analysed));
        Assert.Equal(["dbo.u"], risk.AllFindings.Where(finding => finding.Rule == "tsql-drop-table").Select(finding => finding.Relation));
    }

    [Theory]
    [InlineData("(", 300_000)]
    [InlineData("select (", 900)]
    [InlineData("begin ", 2_900)]
    [InlineData("if 1 = 1 ", 2_900)]
    [InlineData("select case when 1 = 1 then ", 900)]
    [InlineData("not ", 19_000)]
    [InlineData("select 1 union ", 19_000)]
    [InlineData("1+", 19_000)]
    public void Deep_nesting_is_refused_or_survived(string unit, int count)
    {
        FileRisk risk = Analyse("select " + string.Concat(Enumerable.Repeat(unit, count)) + "1", null);
        Assert.NotEmpty(risk.Statements);
        _ = Analyse(string.Concat(Enumerable.Repeat(unit, count)) + "select 1", null);
    }

    [Fact]
    public void Mutated_scripts_never_crash_the_analysis_and_come_back_whole()
    {
        string[] seeds = [.. Cases.Select(row => row.Data.Item1), .. Cases.Select(row => row.Data.Item1).Chunk(4).Select(chunk => string.Join("\nGO\n", chunk))];
        SqlMutation.Try(seeds, LongTests.Enabled ? 100_000 : 1_500, sql =>
        {
            IReadOnlyList<ScriptPiece> pieces = new SqlServerRiskDialect().Split(new SourceText(sql));
            Assert.Equal(sql, string.Concat(pieces.Select(piece => sql.Substring(piece.Start, piece.Length))));
            Assert.All(Analyse(sql, null).Statements, statement => Assert.True(statement.Analysed || statement.NotAnalysedBecause is { Length: > 0 }));
        });
    }

    [Fact]
    public void A_table_of_an_earlier_file_is_in_use_unless_all_files_run_now()
    {
        foreach (bool together in new[] { true, false })
        {
            IRiskSession session = new SqlServerRiskDialect().Begin(new RiskOptions { PendingTogether = together });
            session.Analyse(new RiskFile(new SourceText("CREATE TABLE dbo.t (a int)"), FileTransaction.PerStatement));
            FileRisk second = session.Analyse(new RiskFile(new SourceText("DROP TABLE dbo.t"), FileTransaction.PerStatement));
            Assert.Equal(together ? RiskLevel.Safe : RiskLevel.Dangerous, second.Level);
        }
    }

    [Fact]
    public void A_broken_statement_and_dynamic_sql_are_reported_and_hide_nothing()
    {
        FileRisk risk = Analyse("CREATE TABEL dbo.x (a int);\nDROP TABLE dbo.t;\nGO\nEXEC (@sql);\nEXEC dbo.Anything;\nGO\nDROP TABLE dbo.u;\n", null);

        Assert.Equal([false, true, false, false, true], risk.Statements.Select(statement => statement.Analysed));
        Assert.Equal([1, 2, 4, 5, 7], risk.Statements.Select(statement => statement.Location.Line));
        Assert.Equal(2, risk.AllFindings.Count(finding => finding.Rule == "tsql-drop-table"));
    }

    [Fact]
    public void Foreign_keys_lock_the_referenced_table_too()
    {
        StatementRisk statement = Analyse("ALTER TABLE dbo.t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES dbo.p (id)", null).Statements.Single();
        Assert.Equal([new RelationLock("dbo.t", "Sch-M"), new RelationLock("dbo.p", "Sch-M")], statement.Locks);
    }

    [Theory]
    [InlineData("select 1\nGO\nselect 2", 2, 1)]
    [InlineData("select 1\nGO 5 -- five times\nselect 2", 2, 1)]
    [InlineData("select 1\nGO;\nselect 2", 1, 0)]
    [InlineData("select '\nGO\n'", 1, 0)]
    [InlineData("/* a /* nested\nGO\n*/ GO\n*/ select 1", 1, 0)]
    [InlineData("select [a\nGO\n]", 1, 0)]
    [InlineData("select 1\r\n  go  \r\nselect 2\r\nGO", 2, 2)]
    [InlineData("select 1 as GOOD\nGOOD", 1, 0)]
    public void Go_separates_only_where_it_stands_alone_on_its_line(string text, int batches, int separators)
    {
        IReadOnlyList<ScriptPiece> pieces = new SqlServerRiskDialect().Split(new SourceText(text));
        Assert.Equal(batches, pieces.Count(piece => piece.Kind == ScriptPieceKind.Statement));
        Assert.Equal(separators, pieces.Count(piece => piece.Kind == ScriptPieceKind.ClientCommand));
    }

    [Fact]
    public void Any_text_splits_into_pieces_that_join_to_it_and_analyses_without_failing()
    {
        Gen<string> fragment = Gen.Elements(
            "select ", "'", "''", "[", "]", "\"", "--", "/*", "*/", "\n", "\r\n", "GO", "GO 3", ";", "DROP TABLE ", "dbo.t", "(", ")", "BEGIN ", "END", "IF ", "EXEC ", "@x", "é", "\0", "ALTER TABLE t ADD a int", " ");
        Prop.ForAll(Arb.From(fragment.ListOf().Select(list => string.Concat(list))), text =>
        {
            IReadOnlyList<ScriptPiece> pieces = new SqlServerRiskDialect().Split(new SourceText(text));
            _ = Analyse(text, null);
            return string.Concat(pieces.Select(piece => text.Substring(piece.Start, piece.Length))) == text;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(LongTests.Enabled ? 100_000 : 1_000));
    }

    private static FileRisk Analyse(string sql, string? edition) =>
        new SqlServerRiskDialect().Begin(new RiskOptions { Edition = edition }).Analyse(new RiskFile(new SourceText(sql, "a.sql"), FileTransaction.PerStatement));

    private static string RepositoryFile(string path)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "SafeDb.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new DirectoryNotFoundException(), path);
    }
}
