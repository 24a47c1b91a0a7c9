using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>The process ends here, as far as the code under test can tell: no handler of SafeDb's own errors may see it.</summary>
public sealed class ProcessDiedException() : Exception("The process died.");

/// <summary>
/// A real connection to a real database behind the session port, with nothing around it, so that the migration engine is tested without the rest of a provider; and with a counter that
/// lets the process die at any call.
/// </summary>
public abstract class AdoProvider : IDatabaseProvider
{
    private static readonly ConcurrentDictionary<string, byte> Locks = new(StringComparer.Ordinal);
    private int _calls;

    public abstract DatabaseEngine Engine { get; }

    /// <summary>Number of the call at which the process dies; 0 for never.</summary>
    public int DieAt { get; set; }

    public int Calls => _calls;

    public void Restart() => (_calls, DieAt) = (0, 0);

    public DatabaseAddress? TryParse(string text) => null;

    public Task<bool> ExistsAsync(DatabaseAddress address, CancellationToken cancellationToken) => Task.FromResult(true);

    public async Task<IDatabaseSession> OpenSessionAsync(DatabaseAddress address, CancellationToken cancellationToken)
    {
        DbConnection connection = Connect(address.GetConnectionString());
        await connection.OpenAsync(cancellationToken);
        return new Session(this, connection, address);
    }

    public Task<IBackupSource> OpenBackupSourceAsync(DatabaseAddress address, BackupRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IRestoreTarget> OpenRestoreTargetAsync(RestoreRequest request, ArchiveManifest manifest, CancellationToken cancellationToken) => throw new NotSupportedException();

    protected abstract DbConnection Connect(string connectionString);

    protected abstract string SchemaSql { get; }

    protected abstract string? Code(DbException failure);

    protected abstract Task<TransactionState> StateAsync(DbConnection connection);

    private sealed class Session(AdoProvider provider, DbConnection connection, DatabaseAddress address) : IDatabaseSession
    {
        private readonly ConcurrentBag<string> _held = [];

        public DbConnection Connection
        {
            get
            {
                Count();
                return connection;
            }
        }

        public EngineInfo Engine => new(provider.Engine == DatabaseEngine.Sqlite ? 3040001 : 150000, "test", true);

        public async Task<StatementOutcome> ExecuteAsync(string sql, CancellationToken cancellationToken)
        {
            Count();
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = sql;
            long begin = Stopwatch.GetTimestamp();
            try
            {
                int rows = await command.ExecuteNonQueryAsync(cancellationToken);
                return new StatementOutcome(rows, Stopwatch.GetElapsedTime(begin));
            }
            catch (DbException failure)
            {
                throw Failed(failure);
            }
        }

        private SafeDbException Failed(DbException failure) => new(new SafeDbError("Test.Failed", ErrorKind.Verification, failure.Message, "-") { EngineCode = provider.Code(failure) }, failure);

        public Task<TransactionState> GetTransactionStateAsync(CancellationToken cancellationToken) => provider.StateAsync(connection);

        public Task<IAsyncDisposable?> TryLockAsync(string name, CancellationToken cancellationToken)
        {
            string key = address.Display + name;
            return Task.FromResult<IAsyncDisposable?>(Locks.TryAdd(key, 0) ? new Held(key) : null);
        }

        public Exception Translate(Exception failure, CancellationToken cancellationToken) => failure is DbException driver ? Failed(driver) : failure;

        public async Task<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken)
        {
            await using DbCommand command = connection.CreateCommand();
            command.CommandText = provider.SchemaSql;
            await using DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            var objects = new List<SchemaObject>();
            while (await reader.ReadAsync(cancellationToken))
            {
                objects.Add(new SchemaObject(reader.GetString(0), reader.GetString(1), reader.GetString(2)) { Parent = reader.IsDBNull(3) ? null : reader.GetString(3) });
            }

            return new DatabaseSchema(provider.Engine, 1, objects);
        }

        public ValueTask DisposeAsync() => connection.DisposeAsync();

        private void Count()
        {
            if (provider.DieAt > 0 && Interlocked.Increment(ref provider._calls) >= provider.DieAt)
            {
                connection.Dispose();
                throw new ProcessDiedException();
            }

            if (provider.DieAt == 0)
            {
                Interlocked.Increment(ref provider._calls);
            }
        }

        private sealed class Held(string key) : IAsyncDisposable
        {
            public ValueTask DisposeAsync()
            {
                Locks.TryRemove(key, out _);
                return ValueTask.CompletedTask;
            }
        }
    }
}
