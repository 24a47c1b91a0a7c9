using System.Data.Common;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

using Microsoft.Data.Sqlite;

using SafeDb.Providers;
using SafeDb.Schema;
using SafeDb.Sql;
using SafeDb.Sqlite.Files;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

using SQLitePCL;

namespace SafeDb.Sqlite;

/// <summary>A session on a raw connection in autocommit mode: <c>BEGIN</c> and <c>COMMIT</c> come as SQL, and the library itself says whether a transaction is open.</summary>
internal sealed class SqliteSession(SqliteConnection connection, string path) : IDatabaseSession
{
    private const int LockNameBytes = 8;
    private static readonly HashSet<string> RowVerbs = new(StringComparer.OrdinalIgnoreCase) { "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH" };

    public DbConnection Connection => connection;

    public EngineInfo Engine { get; } = EngineOf();

    public static EngineInfo EngineOf() => new(SqliteNative.Version, "SQLite " + raw.sqlite3_libversion().utf8_to_string(), TransactionalDdl: true);

    public Task<StatementOutcome> ExecuteAsync(string sql, CancellationToken cancellationToken) =>
        SqliteFailure.TranslateAsync(path, cancellationToken, () => Task.Run(() => Execute(sql, cancellationToken), cancellationToken));

    public Task<TransactionState> GetTransactionStateAsync(CancellationToken cancellationToken) =>
        Task.FromResult(InTransaction ? TransactionState.Open : TransactionState.None);

    /// <remarks>A lock file beside the database; see <see cref="OwnedLock"/>.</remarks>
    public Task<IAsyncDisposable?> TryLockAsync(string name, CancellationToken cancellationToken)
    {
        string hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, LockNameBytes)).ToLowerInvariant();
        return Task.FromResult<IAsyncDisposable?>(OwnedLock.TryTake($"{ResolveLinks(path)}.safedb-{hash}.lock"));
    }

    public Exception Translate(Exception failure, CancellationToken cancellationToken) => SqliteFailure.Translate(failure, path, cancellationToken);

    public Task<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken) =>
        SqliteFailure.TranslateAsync(path, cancellationToken, () => Task.Run(() => new SqliteSchemaReader(connection).Read(), cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (connection.Handle is not null && InTransaction) _ = raw.sqlite3_exec(connection.Handle, "ROLLBACK");
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private bool InTransaction => raw.sqlite3_get_autocommit(connection.Handle) == 0;

    private static string ResolveLinks(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;

    private StatementOutcome Execute(string sql, CancellationToken cancellationToken)
    {
        sqlite3 handle = connection.Handle!;
        using CancellationTokenRegistration interrupt = connection.InterruptOn(cancellationToken);
        long started = Stopwatch.GetTimestamp();
        int result = raw.sqlite3_prepare_v2(handle, sql, out sqlite3_stmt statement, out string tail);
        using (statement)
        {
            if (result != raw.SQLITE_OK) throw Failure(handle, result, sql);
            if (!SqlTokens.IsBlank(tail)) throw SqliteErrors.SeveralStatements.Exception();
            if (statement is null || statement.IsInvalid) return new StatementOutcome(-1, Stopwatch.GetElapsedTime(started));
            int before = raw.sqlite3_total_changes(handle);
            do
            {
                result = raw.sqlite3_step(statement);
            }
            while (result == raw.SQLITE_ROW);
            if (result != raw.SQLITE_DONE) throw Failure(handle, result, sql);

            // The library counts in 32 bits; the difference is right modulo 2^32. It includes what triggers and cascades changed.
            long changed = unchecked((uint)(raw.sqlite3_total_changes(handle) - before));
            return new StatementOutcome(changed == 0 && !RowVerbs.Contains(SqlTokens.FirstWord(sql)) ? -1 : changed, Stopwatch.GetElapsedTime(started));
        }
    }

    private SafeDb.Errors.SafeDbException Failure(sqlite3 handle, int result, string sql)
    {
        int offset = SqliteApi.ErrorOffset(handle.DangerousGetHandle());
        SqlLocation? location = offset < 0 ? null : new SourceText(sql).Locate(CharOffset(sql, offset), 0);
        return SqliteFailure.From(result, raw.sqlite3_extended_errcode(handle), raw.sqlite3_errmsg(handle).utf8_to_string(), path, location);
    }

    private static int CharOffset(string sql, int byteOffset)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(sql);
        return Encoding.UTF8.GetCharCount(bytes, 0, Math.Min(byteOffset, bytes.Length));
    }
}
