using SafeDb.Addresses;
using SafeDb.Providers.Tests.Spec;
using SafeDb.Sqlite;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>SQLite in a folder of its own.</summary>
public sealed class SqliteEngine : EngineUnderTest
{
    private int _count;

    public string Folder { get; } = Directory.CreateTempSubdirectory("safedb-test-").FullName;

    public override IDatabaseProvider Provider { get; } = new SqliteProvider();

    public override DatabaseAddress ScratchPlace => Provider.TryParse("sqlite:" + Folder)!;

    public override IReadOnlyList<string> SampleSchema { get; } =
    [
        "CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent(id) ON DELETE CASCADE, amount REAL, raw BLOB)",
        "CREATE INDEX child_parent ON child(parent_id)",
        "CREATE VIEW totals AS SELECT parent_id, sum(amount) AS total FROM child GROUP BY parent_id",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50) INSERT INTO parent SELECT i, 'name ' || i FROM n",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO child SELECT i, 1 + i % 50, i / 3.0, CAST('b' || i AS BLOB) FROM n",
    ];

    public string PathOf(string name) => Path.Combine(Folder, name);

    public DatabaseAddress Address(string name) => Provider.TryParse("sqlite:" + PathOf(name))!;

    public override Task<DatabaseAddress> CreateDatabaseAsync()
    {
        string name = $"db{Interlocked.Increment(ref _count)}.db";
        Tool.Sqlite(PathOf(name), "PRAGMA user_version = 7; PRAGMA application_id = 1234; CREATE TABLE gone (id); DROP TABLE gone;");
        return Task.FromResult(Address(name));
    }

    public override DatabaseAddress MissingDatabase() => Address($"missing{Interlocked.Increment(ref _count)}.db");

    public override string TextOf(DatabaseAddress address) => address.Display;

    public override Task<IReadOnlyList<string>> ListEverythingAsync() =>
        Task.FromResult<IReadOnlyList<string>>([.. Directory.EnumerateFileSystemEntries(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!]);

    public override ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
