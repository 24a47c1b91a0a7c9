using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration.History;
using SafeDb.Providers;

namespace SafeDb.Sqlite.Migration;

/// <summary>History tables in SQLite.</summary>
public sealed class SqliteHistoryEngine : HistoryEngine
{
    private static readonly Dictionary<string, string[]> Tables = new(StringComparer.Ordinal)
    {
        ["plain"] =
        [
            """
            create table safedb_migrations (
                id text primary key not null, name text not null, checksum text not null, state text not null, started_at text not null, finished_at text, duration_ms integer not null,
                rows_affected integer not null, run_id text not null, schema_fingerprint text, tool_version text not null
            )
            """,
        ],
        ["prisma"] =
        [
            """
            CREATE TABLE "_prisma_migrations" (
                "id"                    TEXT PRIMARY KEY NOT NULL,
                "checksum"              TEXT NOT NULL,
                "finished_at"           DATETIME,
                "migration_name"        TEXT NOT NULL,
                "logs"                  TEXT,
                "rolled_back_at"        DATETIME,
                "started_at"            DATETIME NOT NULL DEFAULT current_timestamp,
                "applied_steps_count"   INTEGER UNSIGNED NOT NULL DEFAULT 0
            )
            """,
        ],
        ["flyway"] =
        [
            """
            CREATE TABLE "flyway_schema_history" (
                "installed_rank" INT NOT NULL PRIMARY KEY,
                "version" VARCHAR(50),
                "description" VARCHAR(200) NOT NULL,
                "type" VARCHAR(20) NOT NULL,
                "script" VARCHAR(1000) NOT NULL,
                "checksum" INT,
                "installed_by" VARCHAR(100) NOT NULL,
                "installed_on" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f','now')),
                "execution_time" INT NOT NULL,
                "success" BOOLEAN NOT NULL
            )
            """,
            """CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success")""",
        ],
        ["golang-migrate"] = ["CREATE TABLE schema_migrations (version uint64,dirty bool)", "CREATE UNIQUE INDEX version_unique ON schema_migrations (version)"],
        ["dbmate"] = ["""CREATE TABLE IF NOT EXISTS "schema_migrations" (version varchar(128) primary key)"""],
    };

    /// <inheritdoc/>
    public override DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public override (string User, string Now) Expressions => ("''", "current_timestamp");

    /// <inheritdoc/>
    public override IReadOnlyList<string>? CreateStatements(string format) => Tables.GetValueOrDefault(format);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> ColumnsAsync(IDatabaseSession session, string table, CancellationToken cancellationToken) =>
        [.. (await QueryAsync(session, "select lower(name) from pragma_table_info(@p0)", cancellationToken, table).ConfigureAwait(false)).Select(row => (string)row[0]!)];

    /// <inheritdoc/>
    public override async Task<IAsyncDisposable?> TryLockAsync(IDatabaseSession session, string format, CancellationToken cancellationToken)
    {
        if (format != "prisma")
        {
            return NoLock.Instance;
        }

        // Prisma's own lock on SQLite: the connection keeps the file's lock once it has it.
        await session.ExecuteAsync("PRAGMA main.locking_mode = EXCLUSIVE", cancellationToken).ConfigureAwait(false);
        var held = new ExclusiveMode(session);
        try
        {
            await session.ExecuteAsync("BEGIN EXCLUSIVE", cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
            return held;
        }
        catch (SafeDbException failure) when (failure.Error.Kind == ErrorKind.Locked || failure.Error.EngineCode is "5" or "6" or "261" or "517")
        {
            await held.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }

    /// <inheritdoc/>
    public override async Task<object> MomentAsync(IDatabaseSession session, string table, string column, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        // Prisma's engines write either milliseconds or text, and sort the two apart: so the table's own custom is kept.
        object? custom = await ScalarAsync(session, $"select typeof(\"{column}\") from \"{table}\" order by rowid desc limit 1", cancellationToken).ConfigureAwait(false);
        return custom is "text"
            ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff+00:00", System.Globalization.CultureInfo.InvariantCulture)
            : moment.ToUnixTimeMilliseconds();
    }

    /// <inheritdoc/>
    public override object Boolean(bool value) => value ? 1L : 0L;

    private sealed class ExclusiveMode(IDatabaseSession session) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await session.ExecuteAsync("PRAGMA main.locking_mode = NORMAL", CancellationToken.None).ConfigureAwait(false);

            // The lock goes only at the next access.
            await ScalarAsync(session, "select count(*) from sqlite_master", CancellationToken.None).ConfigureAwait(false);
        }
    }
}
