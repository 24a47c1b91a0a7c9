using System.Globalization;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.PostgreSql;
using SafeDb.Providers.Tests.Spec;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>PostgreSQL on the test cluster, with databases whose names begin alike.</summary>
public sealed class PostgreSqlEngine(PostgresCluster cluster) : EngineUnderTest
{
    private readonly string _prefix = "spec" + Guid.NewGuid().ToString("N")[..10];
    private int _count;

    public override IDatabaseProvider Provider { get; } = new PostgreSqlProvider();

    public override DatabaseAddress ScratchPlace => At("postgres");

    public override IReadOnlyList<string> SampleSchema { get; } =
    [
        "CREATE TABLE parent (id int PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE child (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parent ON DELETE CASCADE, amount double precision, raw bytea)",
        "CREATE INDEX child_parent ON child (parent_id)",
        "CREATE VIEW totals AS SELECT parent_id, sum(amount) AS total FROM child GROUP BY parent_id",
        "INSERT INTO parent SELECT i, 'name ' || i FROM generate_series(1, 50) i",
        "INSERT INTO child SELECT i, 1 + i % 50, i / 3.0, convert_to('b' || i, 'UTF8') FROM generate_series(1, 400) i",
    ];

    public override async Task<DatabaseAddress> CreateDatabaseAsync()
    {
        string name = NextName();
        await cluster.ExecuteOnServerAsync($"CREATE DATABASE {name} TEMPLATE template0");
        return At(name);
    }

    public override DatabaseAddress MissingDatabase() => At(NextName());

    public override string TextOf(DatabaseAddress address) => address.Display;

    public override async Task<IReadOnlyList<string>> ListEverythingAsync()
    {
        await using var connection = new NpgsqlConnection(cluster.ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"SELECT COALESCE(array_agg(datname::text ORDER BY datname), '{{}}') FROM pg_database WHERE datname LIKE '{_prefix}%'", connection);
        return (string[])(await command.ExecuteScalarAsync())!;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (string name in await ListEverythingAsync())
            await cluster.ExecuteOnServerAsync($"DROP DATABASE \"{name}\" WITH (FORCE)");
    }

    private string NextName() => _prefix + "_" + Interlocked.Increment(ref _count).ToString(CultureInfo.InvariantCulture);

    private DatabaseAddress At(string name) => Provider.TryParse($"postgresql://postgres@127.0.0.1:{cluster.Port}/{name}")!;

    public static async Task<EngineUnderTest> StartAsync(PostgresCluster cluster)
    {
        await cluster.EnsureStartedAsync();
        return new PostgreSqlEngine(cluster);
    }
}

public sealed class PostgreSqlProviderSpec(PostgresCluster cluster) : ProviderSpec
{
    protected override Task<EngineUnderTest> StartAsync() => PostgreSqlEngine.StartAsync(cluster);
}

public sealed class PostgreSqlSessionSpec(PostgresCluster cluster) : SessionSpec
{
    protected override Task<EngineUnderTest> StartAsync() => PostgreSqlEngine.StartAsync(cluster);
}

public sealed class PostgreSqlBackupSourceSpec(PostgresCluster cluster) : BackupSourceSpec
{
    protected override Task<EngineUnderTest> StartAsync() => PostgreSqlEngine.StartAsync(cluster);
}

public sealed class PostgreSqlRestoreTargetSpec(PostgresCluster cluster) : RestoreTargetSpec
{
    protected override Task<EngineUnderTest> StartAsync() => PostgreSqlEngine.StartAsync(cluster);
}
