using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Retention;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>What the result of a backup, its forecast and its listing say of tables, filters and large objects.</summary>
public sealed class BackupResultTests(PostgresCluster cluster) : IDisposable
{
    private const string Shop = """
        CREATE SCHEMA sales; CREATE TABLE sales.orders (id int, year int) PARTITION BY LIST (year);
        CREATE TABLE sales.orders_2024 PARTITION OF sales.orders FOR VALUES IN (2024); INSERT INTO sales.orders VALUES (1, 2024);
        CREATE TABLE people (id int); INSERT INTO people VALUES (1), (2); CREATE TABLE bare (id int); CREATE TABLE log (id int); INSERT INTO log VALUES (1);
        SELECT lo_from_bytea(0, '\x01'), lo_from_bytea(0, '\x0203');
        """;

    private readonly ArchiveRoundTrip _trip = new();

    public void Dispose() => _trip.Dispose();

    [Fact]
    public async Task Each_thing_left_out_names_its_own_reason()
    {
        await using TestDatabase source = await StartAsync();
        var scope = new BackupScope { ExcludeSchemas = ["pub*"], ExcludeTables = ["sales.orders"], IncludeTables = ["*"] };
        Assert.Equal("Backup.NothingLeft", (await Assert.ThrowsAsync<SafeDbException>(() => _trip.BackupAsync(source, scope))).Id);
        Assert.Empty(_trip.Archives);

        BackupInfo backup = await _trip.BackupAsync(source, new BackupScope { ExcludeTables = ["sales.orders", "lo*"], IncludeTables = ["*e*"] });
        Assert.Equal(
            ["the rows of public.log (without tables lo*)", "the rows of sales.orders_2024 (without tables sales.orders)", "the large objects (they belong to no table, and only some tables were taken)"],
            backup.NotCovered.OrderBy(text => text.StartsWith("the large", StringComparison.Ordinal)).ThenBy(text => text, StringComparer.Ordinal));
        Assert.Equal(backup.NotCovered, (await _trip.ListedAsync()).NotCovered);
        Assert.Equal(("Filtered", "Filtered"), ((await _trip.ListedAsync(authenticate: false)).Coverage, backup.Coverage));

        BackupInfo schemas = await _trip.BackupAsync(source, new BackupScope { IncludeSchemas = ["sales"] });
        Assert.Contains("the rows of public.people (its schema is not among those asked for)", schemas.NotCovered);
        BackupInfo tables = await _trip.BackupAsync(source, new BackupScope { IncludeTables = ["people"] });
        Assert.Contains("the rows of public.log (not among the tables asked for)", tables.NotCovered);
        Assert.Contains("it never replaces a whole database", Assert.Single((await _trip.BackupAsync(source, new BackupScope { DataOnly = true })).NotCovered), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_that_let_no_row_through_are_warned_of()
    {
        await using TestDatabase source = await StartAsync();
        BackupInfo backup = await _trip.BackupAsync(source, new BackupScope { IncludeTables = ["bare"] });
        Assert.Equal(0, backup.Rows);
        Assert.Contains(_trip.Messages.Warnings, text => text.Contains("holds a row", StringComparison.Ordinal));
        _trip.Messages.Warnings.Clear();
        await _trip.BackupAsync(source, new BackupScope { IncludeTables = ["people"] });
        Assert.Empty(_trip.Messages.Warnings);
    }

    [Fact]
    public async Task Large_objects_are_no_table_and_no_rows()
    {
        await using TestDatabase source = await StartAsync();
        BackupInfo backup = await _trip.BackupAsync(source);
        Assert.Equal((4, 4L, 2L), (backup.Tables, backup.Rows, backup.LargeObjects));
        BackupInfo listed = await _trip.ListedAsync();
        Assert.Equal((4, 4L, 2L, "Complete"), (listed.Tables, listed.Rows, listed.LargeObjects, listed.Coverage));
        Assert.Equal("Unfiltered", (await _trip.ListedAsync(authenticate: false)).Coverage);
        BackupVerification drill = await _trip.DrillAsync(backup, source);
        Assert.Equal((4, 4L, 2L), (drill.TablesCompared, drill.RowsCompared, drill.LargeObjectsCompared));
        Assert.Contains(drill.Tables, table => table is { Table: LargeObjects.Table, Equal: true });
        BackupVerification schema = await _trip.DrillAsync(backup, source, level: VerificationLevel.Schema);
        Assert.Equal((0, null), (schema.TablesCompared, schema.LargeObjectsCompared));
    }

    [Fact]
    public async Task A_forecast_says_what_would_be_taken_or_fails_as_the_backup_would()
    {
        await using TestDatabase source = await StartAsync();
        string whole = await ForeseeAsync(BackupScope.Everything);
        Assert.Matches("^the rows of 4 tables; the large objects; about [0-9,]+ bytes before compression$", whole);
        Assert.Matches("^the rows of 1 table; about [0-9,]+ bytes before compression; without the rows of 3 tables$", await ForeseeAsync(new BackupScope { IncludeTables = ["people"] }));
        Assert.StartsWith("the definitions, and no table's rows", await ForeseeAsync(new BackupScope { SchemaOnly = true }), StringComparison.Ordinal);
        Assert.Equal("PostgreSql.NothingMatches", (await Assert.ThrowsAsync<SafeDbException>(() => ForeseeAsync(new BackupScope { IncludeTables = ["peeple"] }))).Id);
        Assert.Equal("Backup.NothingLeft", (await Assert.ThrowsAsync<SafeDbException>(() => ForeseeAsync(new BackupScope { IncludeTables = ["people"], ExcludeTables = ["p*"] }))).Id);
        Assert.Empty(_trip.Archives);

        Task<string> ForeseeAsync(BackupScope scope) => _trip.ForeseeAsync(source, scope);
    }

    [Theory]
    [InlineData("CREATE TABLE big (id int); GRANT pg_read_all_settings TO {0}", "PostgreSql.PermissionDenied", "permission denied for table public.big")]
    [InlineData("CREATE SCHEMA hidden; CREATE TABLE hidden.big (id int); GRANT SELECT ON hidden.big TO {0}", "PostgreSql.PermissionDenied", "permission denied for schema hidden")]
    [InlineData("CREATE TABLE big (id int); ALTER TABLE big OWNER TO {0}; ALTER TABLE big ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY", "PostgreSql.RowSecurity", "row-level security policy for table public.big")]
    public async Task Rows_that_this_user_may_not_read_fail_a_forecast_as_they_do_the_backup(string setup, string id, string message)
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        string role = "reader_" + source.Name;
        await source.ExecuteAsync($"CREATE ROLE {role} LOGIN; CREATE TABLE small (id int); GRANT SELECT ON small TO {role}; " + setup.Replace("{0}", role, StringComparison.Ordinal));
        try
        {
            BackupCommand command = _trip.Command(source) with { Database = _trip.Resolve(source.Address.Replace("postgres@", role + "@", StringComparison.Ordinal)), AllowPartial = true };
            foreach (Func<Task> attempt in new Func<Task>[] { () => _trip.ForeseeAsync(command), () => _trip.BackupAsync(command) })
            {
                SafeDbException refused = await Assert.ThrowsAsync<SafeDbException>(attempt);
                Assert.Equal((id, true), (refused.Id, refused.Message.Contains(message, StringComparison.Ordinal)));
            }

            Assert.Empty(_trip.Archives);
            BackupCommand without = command with { Scope = new BackupScope { ExcludeTables = ["big"] } };
            if (!message.Contains("schema", StringComparison.Ordinal))
            {
                Assert.StartsWith("the rows of 1 table;", await _trip.ForeseeAsync(without), StringComparison.Ordinal);
                await _trip.BackupAsync(without);
            }
        }
        finally
        {
            await source.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task What_could_not_be_covered_never_takes_the_place_of_a_full_backup()
    {
        await using TestDatabase source = await StartAsync();
        string role = "reader_" + source.Name;
        await source.ExecuteAsync($"CREATE SEQUENCE s; CREATE ROLE {role} LOGIN; GRANT pg_read_all_data TO {role}");
        BackupCommand command = _trip.Command(source) with { Database = _trip.Resolve(source.Address.Replace("postgres@", role + "@", StringComparison.Ordinal)), AllowPartial = true };
        await source.ExecuteAsync("SELECT lo_unlink(oid) FROM pg_largeobject_metadata");
        BackupInfo full = await _trip.BackupAsync(command);
        await source.ExecuteAsync($"REVOKE pg_read_all_data FROM {role}; GRANT USAGE ON SCHEMA sales TO {role}; GRANT SELECT ON ALL TABLES IN SCHEMA public, sales TO {role}");
        BackupInfo[] partial = [await _trip.BackupAsync(command), await _trip.BackupAsync(command)];
        Assert.Equal(["Complete", "Partial", "Partial"], partial.Prepend(full).Select(backup => backup.Coverage));
        Assert.Contains("state of sequence public.s", string.Join(' ', partial[0].NotCovered), StringComparison.Ordinal);

        var prune = new PruneService(_trip.Engine);
        PrunePlan byRule = await prune.PlanAsync(new CatalogueQuery(_trip.Folder), _trip.Keys, new RetentionSettings { Within = TimeSpan.Zero, Last = 1, Minimum = 1 }, TestContext.Current.CancellationToken);
        Assert.Equal([(full.Name, true, "last 1"), (partial[1].Name, true, "last 1 (partial)"), (partial[0].Name, false, "no rule keeps it (partial)")], byRule.Backups.Select(decision => (decision.Backup.Name, decision.Keep, decision.Backup.Reason)));
        PrunePlan named = await prune.PlanSelectedAsync(_trip.Folder, partial.Prepend(full).Select(backup => backup.Name).ToHashSet(StringComparer.Ordinal), _trip.Keys, TestContext.Current.CancellationToken);
        Assert.Equal([full.Name], named.Backups.Where(decision => decision.Keep).Select(decision => decision.Backup.Name));
        await source.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    private async Task<TestDatabase> StartAsync()
    {
        TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(Shop);
        return source;
    }
}
