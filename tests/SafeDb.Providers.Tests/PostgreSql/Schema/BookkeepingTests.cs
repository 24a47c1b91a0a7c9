using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Migration.History;
using SafeDb.PostgreSql;
using SafeDb.PostgreSql.Migration;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>What tools write down for themselves is no part of a schema; what only has a similar name is.</summary>
public sealed class BookkeepingTests(PostgresCluster cluster)
{
    private static readonly char[] Separators = ['.', '"', ' ', '[', ']', '`', '(', ')', ',', ':'];
    private readonly PostgreSqlProvider _provider = new();

    [Fact]
    public async Task The_tables_of_every_tool_are_left_out_with_all_that_belongs_to_them()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("create table orders (id serial primary key, note text); create index orders_note on orders (note)");
        DatabaseSchema before = await ReadAsync(database);
        DatabaseAddress address = _provider.TryParse(database.Address)!;
        await using (IDatabaseSession session = await _provider.OpenSessionAsync(address, TestContext.Current.CancellationToken))
        {
            foreach (IMigrationHistory history in MigrationHistories.On(new PostgreSqlHistoryEngine()).Where(history => history.Format != "dbmate"))
            {
                await history.CreateAsync(session, TestContext.Current.CancellationToken);
            }

            await JournalTable.CreateAsync(session, TestContext.Current.CancellationToken);
        }

        await database.ExecuteAsync("""
            comment on index flyway_schema_history_s_idx is 'c'; comment on column pgmigrations.id is 'c'; comment on sequence pgmigrations_id_seq is 'c';
            grant select on pgmigrations to public; grant usage on sequence pgmigrations_id_seq to public; grant select (version) on schema_migrations to public;
            create publication books for table schema_migrations; drop publication books;
            create publication p for table orders;
            """);
        DatabaseSchema after = await ReadAsync(database);
        DatabaseSchema scoped = SchemaScope.WithoutBookkeeping(after);

        Assert.Equal(["publication p", "publication table p public.orders"], SchemaComparer.Compare(before, scoped).Where(difference => difference.Kind != "owner").Select(difference => $"{difference.Kind} {difference.Identity}"));
        Assert.True(after.Objects.Count > scoped.Objects.Count + 20);
        Assert.Equal(AsBefore(after), scoped.Fingerprint());
    }

    [Fact]
    public async Task What_only_has_a_similar_name_stays()
    {
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("create schema other; create table schema_migrations (version bigint primary key); create table other.schema_migrations (id int generated always as identity primary key)");
        DatabaseSchema before = SchemaScope.WithoutBookkeeping(await ReadAsync(database));
        await database.ExecuteAsync("""
            create table schema_migrations_archive (id serial primary key, version bigint references schema_migrations);
            create schema schema_migrations; create table schema_migrations.orders (id int primary key);
            create function f(schema_migrations) returns int language sql as 'select 1';
            create view schema_migrations_v as select * from public.schema_migrations;
            create publication p for table schema_migrations, schema_migrations_archive;
            """);

        string[] found = [.. SchemaComparer.Compare(before, SchemaScope.WithoutBookkeeping(await ReadAsync(database))).Where(item => item.Kind != "owner").Select(item => item.ToString())];

        Assert.Equal(
            [
                "Added constraint public.schema_migrations_archive.schema_migrations_archive_pkey", "Added constraint schema_migrations.orders.orders_pkey", "Added default public.schema_migrations_archive.id",
                "Added foreign key public.schema_migrations_archive.schema_migrations_archive_version_fkey", "Added function public.f(public.schema_migrations)",
                "Added index public.schema_migrations_archive_pkey", "Added index schema_migrations.orders_pkey", "Added publication p", "Added publication table p public.schema_migrations_archive",
                "Added schema schema_migrations", "Added sequence public.schema_migrations_archive_id_seq", "Added sequence ownership public.schema_migrations_archive_id_seq",
                "Added table public.schema_migrations_archive", "Added table schema_migrations.orders", "Added view public.schema_migrations_v",
            ],
            found);
    }

    /// <summary>The fingerprint as the rule of names gave it that recorded fingerprints were made with: those of ordinary databases must stay comparable.</summary>
    private static string AsBefore(DatabaseSchema schema)
    {
        static bool IsBookkeeping(string identity) => identity.Split(Separators, StringSplitOptions.RemoveEmptyEntries)
            .Any(part => SchemaScope.BookkeepingTables.Any(table => part == table || part.StartsWith(table + "_", StringComparison.Ordinal)));
        var left = schema.Objects.Where(item => IsBookkeeping(item.Identity)).Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        return (schema with { Objects = [.. schema.Objects.Where(item => !left.Contains(item.Key) && (item.Parent is null || !(left.Contains(item.Parent) || IsBookkeeping(item.Parent))))] }).Fingerprint();
    }

    private async Task<DatabaseSchema> ReadAsync(TestDatabase database)
    {
        await using IDatabaseSession session = await _provider.OpenSessionAsync(_provider.TryParse(database.Address)!, TestContext.Current.CancellationToken);
        return await session.ReadSchemaAsync(TestContext.Current.CancellationToken);
    }
}
