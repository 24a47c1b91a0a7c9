using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Integrity;
using SafeDb.Observation;
using SafeDb.Providers.Tests.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.Integrity;

/// <summary>The checks on a real PostgreSQL, damaged by PostgreSQL's own means.</summary>
public sealed class PostgreSqlIntegrityTests(PostgresCluster cluster)
{
    private const string Shop = """
        CREATE TABLE parent (a int, b text, PRIMARY KEY (a, b));
        CREATE TABLE child (id int PRIMARY KEY, a int, b text, FOREIGN KEY (a, b) REFERENCES parent);
        CREATE TABLE strict (a int, b text, CONSTRAINT "Full" FOREIGN KEY (a, b) REFERENCES parent MATCH FULL);
        INSERT INTO parent VALUES (1, 'x');
        INSERT INTO child VALUES (1, 1, 'x'), (2, NULL, 'gone'), (3, NULL, NULL);
        INSERT INTO strict VALUES (1, 'x'), (NULL, NULL);
        """;

    [Fact]
    public async Task A_sound_database_has_only_what_could_not_be_looked_at()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Shop);
        IntegrityReport report = await CheckAsync(database);
        IntegrityFinding finding = Assert.Single(report.Findings);
        Assert.Equal((IntegritySeverity.NotChecked, "structure"), (finding.Severity, finding.Check));
        Assert.Contains("amcheck", finding.Advice, StringComparison.Ordinal);
        Assert.True(report.IsSound);
        await database.ExecuteAsync("CREATE EXTENSION amcheck");
        Assert.Empty((await CheckAsync(database)).Findings);
    }

    [Fact]
    public async Task Orphans_are_counted_as_the_match_says()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Shop);
        await database.ExecuteAsync("SET session_replication_role = replica; INSERT INTO child VALUES (4, 1, 'y'), (5, 2, 'x'); INSERT INTO strict VALUES (1, NULL), (7, 'x'); RESET session_replication_role");
        IntegrityReport report = await CheckAsync(database);
        Assert.False(report.IsSound);
        IntegrityFinding[] orphans = [.. report.Findings.Where(finding => finding.Check == "foreign-key")];
        Assert.Equal([("public.child.child_a_b_fkey", 2L), ("public.strict.\"Full\"", 2L)], orphans.Select(finding => (finding.Object, finding.Rows!.Value)));
        Assert.All(orphans, finding => Assert.Equal(IntegritySeverity.Violation, finding.Severity));
    }

    [Fact]
    public async Task Invalid_indexes_and_unvalidated_constraints_are_warnings()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1); ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1) NOT VALID");
        await Assert.ThrowsAnyAsync<Exception>(() => database.ExecuteAsync("CREATE UNIQUE INDEX CONCURRENTLY t_a ON t (a)"));
        IntegrityReport report = await CheckAsync(database);
        Assert.Equal(
            [("invalid-index", "public.t_a"), ("unvalidated-constraint", "public.t.positive")],
            report.Findings.Where(finding => finding.Severity == IntegritySeverity.Warning).Select(finding => (finding.Check, finding.Object)));
        Assert.True(report.IsSound);
    }

    [Fact]
    public async Task An_index_that_disagrees_with_its_table_is_damage_and_the_rest_is_checked_all_the_same()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Shop);
        await database.ExecuteAsync("CREATE EXTENSION amcheck");
        await database.ExecuteAsync("CREATE FUNCTION shift(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i'; CREATE INDEX a_shifted ON child (public.shift(id)); CREATE OR REPLACE FUNCTION shift(i int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT i + 1'");
        IntegrityFinding damage = Assert.Single((await CheckAsync(database)).Findings);
        Assert.Equal((IntegritySeverity.Damage, "public.a_shifted"), (damage.Severity, damage.Object));
    }

    [Fact]
    public async Task What_the_user_may_not_read_is_said()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Shop);
        string role = "r_" + Guid.NewGuid().ToString("N")[..12];
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN; GRANT SELECT ON parent, child TO {role}; ALTER TABLE child ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON child USING (id = 1)");
        IntegrityReport report = await CheckAsync(database, role);
        Assert.Equal(
            ["public.child.child_a_b_fkey", "public.strict.\"Full\""],
            report.Findings.Where(finding => finding is { Check: "foreign-key", Severity: IntegritySeverity.NotChecked }).Select(finding => finding.Object));
        Assert.True(report.IsSound);
    }

    private static Task<IntegrityReport> CheckAsync(TestDatabase database, string? user = null)
    {
        SafeDbEngine engine = Composition.Create();
        DatabaseAddress address = engine.Engines.Parse(database.Address.Replace("postgres@", (user ?? "postgres") + "@", StringComparison.Ordinal));
        return Composition.Integrity(engine, DatabaseEngine.PostgreSql).CheckAsync(new ResolvedDatabase(address, null, Policy.Production), SilentObserver.Instance, TestContext.Current.CancellationToken);
    }
}
