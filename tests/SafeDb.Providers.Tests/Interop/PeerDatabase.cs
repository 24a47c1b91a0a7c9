using System.Data.Common;
using System.Globalization;

using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.PostgreSql;
using SafeDb.PostgreSql.Migration;
using SafeDb.PostgreSql.Risk;
using SafeDb.Providers.Tests.PostgreSql;
using SafeDb.Sqlite;
using SafeDb.Sqlite.Migration;
using SafeDb.Sqlite.Risk;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>A database that SafeDb and a peer share, each by its own driver.</summary>
public sealed class PeerDatabase : IAsyncDisposable
{
    private readonly TestDatabase? _server;
    private readonly string? _folder;

    private PeerDatabase(MigrationContext context, string address, TestDatabase? server, string? folder)
    {
        (Context, Text, _server, _folder) = (context, address, server, folder);
        Address = context.Provider.TryParse(address) ?? throw new InvalidOperationException($"{address} was not understood.");
    }

    /// <summary>SafeDb's parts.</summary>
    public MigrationContext Context { get; }

    /// <summary>The address as a user would give it.</summary>
    public string Text { get; }

    public DatabaseAddress Address { get; }

    public bool IsSqlite => _server is null;

    /// <summary>The database on the tests' server, or null.</summary>
    public TestDatabase? Server => _server;

    /// <summary>The SQLite file.</summary>
    public string File => Path.Combine(_folder ?? throw new InvalidOperationException("It is no file."), "shop.db");

    public string Name => _server?.Name ?? File;

    /// <summary>Where libpq and its kin find the server.</summary>
    public IReadOnlyDictionary<string, string> Environment => _server is null
        ? new Dictionary<string, string>(StringComparer.Ordinal)
        : new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PGHOST"] = "127.0.0.1", ["PGPORT"] = _server.Cluster.Port.ToString(CultureInfo.InvariantCulture), ["PGUSER"] = "postgres",
            ["DATABASE_URL"] = _server.Address,
        };

    public static async Task<PeerDatabase> OnPostgreSqlAsync(PostgresCluster cluster, string? name = null)
    {
        TestDatabase database = await cluster.CreateDatabaseAsync(name: name);
        var context = new MigrationContext(new PostgreSqlProvider(environment: _ => null), new PostgreSqlRiskDialect(), new PostgreSqlMigrationEngine(), TimeProvider.System);
        return new PeerDatabase(context, database.Address, database, null);
    }

    public static async Task<PeerDatabase> OnSqliteAsync()
    {
        string folder = Directory.CreateTempSubdirectory("safedb-peer-").FullName;
        var context = new MigrationContext(new SqliteProvider(TimeProvider.System), new SqliteRiskDialect(), new SqliteMigrationEngine(), TimeProvider.System);
        string file = Path.Combine(folder, "shop.db");
        await System.IO.File.WriteAllBytesAsync(file, []);
        return new PeerDatabase(context, $"sqlite:{file}", null, folder);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using IDatabaseSession session = await Context.OpenAsync(Address, CancellationToken.None);
        await using DbCommand command = session.Connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of every row, as text.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(string sql)
    {
        await using IDatabaseSession session = await Context.OpenAsync(Address, CancellationToken.None);
        IReadOnlyList<object?[]> rows = await SafeDb.Migration.History.HistoryEngine.QueryAsync(session, sql, CancellationToken.None);
        return [.. rows.Select(row => Convert.ToString(row[0], CultureInfo.InvariantCulture) ?? "")];
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
