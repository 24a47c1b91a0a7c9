using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.History;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Migration;

/// <summary>History tables in PostgreSQL: unqualified, so that they lie where the session's search path puts them, as with the tools themselves.</summary>
public sealed class PostgreSqlHistoryEngine : HistoryEngine
{
    private static readonly Dictionary<string, string[]> Tables = new(StringComparer.Ordinal)
    {
        ["plain"] =
        [
            """
            create table safedb_migrations (
                id text primary key, name text not null, checksum text not null, state text not null, started_at text not null, finished_at text, duration_ms bigint not null,
                rows_affected bigint not null, run_id text not null, schema_fingerprint text, tool_version text not null
            )
            """,
        ],
        ["prisma"] =
        [
            """
            CREATE TABLE _prisma_migrations (
                id                      VARCHAR(36) PRIMARY KEY NOT NULL,
                checksum                VARCHAR(64) NOT NULL,
                finished_at             TIMESTAMPTZ,
                migration_name          VARCHAR(255) NOT NULL,
                logs                    TEXT,
                rolled_back_at          TIMESTAMPTZ,
                started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
                applied_steps_count     INTEGER NOT NULL DEFAULT 0
            )
            """,
        ],
        ["node-pg-migrate"] = ["CREATE TABLE pgmigrations (id SERIAL PRIMARY KEY, name varchar(255) NOT NULL, run_on timestamp NOT NULL)"],
        ["flyway"] =
        [
            """
            CREATE TABLE "flyway_schema_history" (
                "installed_rank" INT NOT NULL,
                "version" VARCHAR(50),
                "description" VARCHAR(200) NOT NULL,
                "type" VARCHAR(20) NOT NULL,
                "script" VARCHAR(1000) NOT NULL,
                "checksum" INTEGER,
                "installed_by" VARCHAR(100) NOT NULL,
                "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
                "execution_time" INTEGER NOT NULL,
                "success" BOOLEAN NOT NULL,
                CONSTRAINT "flyway_schema_history_pk" PRIMARY KEY ("installed_rank")
            )
            """,
            """CREATE INDEX "flyway_schema_history_s_idx" ON "flyway_schema_history" ("success")""",
        ],
        ["golang-migrate"] = ["CREATE TABLE schema_migrations (version bigint not null primary key, dirty boolean not null)"],
        ["dbmate"] = ["CREATE TABLE schema_migrations (version varchar primary key)"],
    };

    /// <inheritdoc/>
    public override DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public override (string User, string Now) Expressions => ("current_user", "now()");

    /// <inheritdoc/>
    public override IReadOnlyList<string>? CreateStatements(string format) => Tables.GetValueOrDefault(format);

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<string>> ColumnsAsync(IDatabaseSession session, string table, CancellationToken cancellationToken)
    {
        const string Sql = """
            select attname::text from pg_catalog.pg_attribute
            where attrelid = pg_catalog.to_regclass(pg_catalog.quote_ident(@p0)) and attnum > 0 and not attisdropped order by attnum
            """;
        return [.. (await QueryAsync(session, Sql, cancellationToken, table).ConfigureAwait(false)).Select(row => (string)row[0]!)];
    }

    /// <inheritdoc/>
    public override async Task<IAsyncDisposable?> TryLockAsync(IDatabaseSession session, string format, CancellationToken cancellationToken)
    {
        if (await LockIdAsync(session, format, cancellationToken).ConfigureAwait(false) is not long id)
        {
            return NoLock.Instance;
        }

        // Never the blocking function: a session that waits in it holds a snapshot, and a concurrent index build would wait for that snapshot for ever.
        return await ScalarAsync(session, "select pg_catalog.pg_try_advisory_lock(@p0)", cancellationToken, id).ConfigureAwait(false) is true ? new AdvisoryLock(session, id) : null;
    }

    /// <inheritdoc/>
    public override Task<object> MomentAsync(IDatabaseSession session, string table, string column, DateTimeOffset moment, CancellationToken cancellationToken) =>
        Task.FromResult<object>(moment.UtcDateTime);

    /// <inheritdoc/>
    public override object Boolean(bool value) => value;

    private static async Task<long?> LockIdAsync(IDatabaseSession session, string format, CancellationToken cancellationToken)
    {
        if (format is "plain" or "dbmate")
        {
            return null;
        }

        if (format is "prisma" or "node-pg-migrate")
        {
            return format == "prisma" ? PeerLockIds.Prisma : PeerLockIds.NodePgMigrate;
        }

        IReadOnlyList<object?[]> place = await QueryAsync(session, "select current_schema()::text, current_database()::text", cancellationToken).ConfigureAwait(false);
        string schema = place[0][0] as string ?? "public";
        return format == "flyway"
            ? PeerLockIds.Flyway(schema, "flyway_schema_history")
            : PeerLockIds.GolangMigrate(schema, "schema_migrations", (string)place[0][1]!);
    }

    private sealed class AdvisoryLock(IDatabaseSession session, long id) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (session.Connection.State != System.Data.ConnectionState.Open)
            {
                return;
            }

            try
            {
                await ScalarAsync(session, "select pg_catalog.pg_advisory_unlock(@p0)", CancellationToken.None, id).ConfigureAwait(false);
            }
            catch (SafeDbException lost) when (lost.Error.Kind == ErrorKind.Connection)
            {
                // The session is gone, and its locks with it; whoever uses the session next is told.
            }
        }
    }
}
