using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Integrity;
using SafeDb.Observation;
using SafeDb.Providers.Tests.Sqlite;

using Xunit;

namespace SafeDb.Providers.Tests.Integrity;

/// <summary>The checks on real SQLite files, made by the sqlite3 shell.</summary>
public sealed class SqliteIntegrityTests
{
    private const string Shop = "CREATE TABLE parent(id INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE TABLE child(id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent(id), n INT CHECK (n > 0));"
        + "CREATE INDEX child_n ON child(n); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<2000) INSERT INTO parent SELECT i, hex(randomblob(20)) FROM n; INSERT INTO child SELECT id, id, id FROM parent;";

    [Fact]
    public async Task A_sound_database_has_no_findings_and_is_not_changed()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), Shop);
        byte[] before = File.ReadAllBytes(engine.PathOf("a.db"));
        IntegrityReport report = await CheckAsync(engine, new DatabaseSettings { Address = "unused", Invariants = [new InvariantSettings { Name = "all have parents", Query = "SELECT * FROM child WHERE p IS NULL" }] });
        Assert.Empty(report.Findings);
        Assert.Equal(["structure", "foreign-key", "invariant"], report.Checks);
        Assert.True(report.IsSound);
        Assert.Equal(before, File.ReadAllBytes(engine.PathOf("a.db")));
        Assert.Equal(["a.db"], await engine.ListEverythingAsync());
    }

    [Fact]
    public async Task Orphans_broken_rules_and_invariants_are_violations()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), Shop + "PRAGMA foreign_keys=OFF; DELETE FROM parent WHERE id IN (7, 8, 9); PRAGMA ignore_check_constraints=ON; UPDATE child SET n = -1 WHERE id = 20;");
        IntegrityReport report = await CheckAsync(engine, new DatabaseSettings { Address = "unused", Invariants = [new InvariantSettings { Name = "parents", Query = "SELECT count(*) FROM parent", Expected = "2000" }] });
        Assert.False(report.IsSound);
        Assert.All(report.Findings, finding => Assert.Equal(IntegritySeverity.Violation, finding.Severity));
        Assert.All(report.Findings, finding => Assert.NotEmpty(finding.Advice));
        IntegrityFinding orphans = Assert.Single(report.Findings, finding => finding.Check == "foreign-key");
        Assert.Equal(("child", 3L), (orphans.Object, orphans.Rows));
        Assert.Contains("parent", orphans.Message, StringComparison.Ordinal);
        Assert.Contains("CHECK constraint failed in child", Assert.Single(report.Findings, finding => finding.Check == "structure").Message, StringComparison.Ordinal);
        IntegrityFinding invariant = Assert.Single(report.Findings, finding => finding.Check == "invariant");
        Assert.Equal("parents", invariant.Object);
        Assert.Contains("1997", invariant.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(12)]
    [InlineData(30)]
    public async Task Damaged_pages_are_damage(int page)
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), Shop);
        byte[] bytes = File.ReadAllBytes(engine.PathOf("a.db"));
        Array.Fill(bytes, (byte)0xee, 4096 * page, 600);
        File.WriteAllBytes(engine.PathOf("a.db"), bytes);
        IntegrityReport report = await CheckAsync(engine, null);
        Assert.False(report.IsSound);
        Assert.Contains(report.Findings, finding => finding.Severity == IntegritySeverity.Damage);
    }

    [Fact]
    public async Task A_foreign_key_without_a_usable_parent_is_not_checked()
    {
        await using var engine = new SqliteEngine();
        Tool.Sqlite(engine.PathOf("a.db"), "CREATE TABLE p(a); CREATE TABLE c(a REFERENCES p(a)); INSERT INTO c VALUES (1);");
        IntegrityFinding finding = Assert.Single((await CheckAsync(engine, null)).Findings);
        Assert.Equal((IntegritySeverity.NotChecked, "foreign-key"), (finding.Severity, finding.Check));
    }

    private static Task<IntegrityReport> CheckAsync(SqliteEngine engine, DatabaseSettings? settings) =>
        Composition.Integrity(Composition.Create(), SafeDb.Addresses.DatabaseEngine.Sqlite)
            .CheckAsync(new ResolvedDatabase(engine.Address("a.db"), settings, Policy.Production), SilentObserver.Instance, TestContext.Current.CancellationToken);
}
