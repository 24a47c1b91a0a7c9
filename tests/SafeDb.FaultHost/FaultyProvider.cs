using System.Data.Common;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.FaultHost;

/// <summary>A real provider whose sessions count every call and let something happen before the chosen one. After call n and before call n + 1 is the same to a database.</summary>
public sealed class FaultyProvider(IDatabaseProvider inner, int point, Action<IDatabaseSession> happen) : IDatabaseProvider
{
    private int _calls;

    /// <summary>Calls so far.</summary>
    public int Calls => _calls;

    public DatabaseEngine Engine => inner.Engine;

    public DatabaseAddress? TryParse(string text) => inner.TryParse(text);

    public Task<bool> ExistsAsync(DatabaseAddress address, CancellationToken cancellationToken) => inner.ExistsAsync(address, cancellationToken);

    public async Task<IDatabaseSession> OpenSessionAsync(DatabaseAddress address, CancellationToken cancellationToken) =>
        new Session(this, await inner.OpenSessionAsync(address, cancellationToken));

    public Task<IBackupSource> OpenBackupSourceAsync(DatabaseAddress address, BackupRequest request, CancellationToken cancellationToken) =>
        inner.OpenBackupSourceAsync(address, request, cancellationToken);

    public Task<IRestoreTarget> OpenRestoreTargetAsync(RestoreRequest request, ArchiveManifest manifest, CancellationToken cancellationToken) =>
        inner.OpenRestoreTargetAsync(request, manifest, cancellationToken);

    private void Count(IDatabaseSession session)
    {
        if (Interlocked.Increment(ref _calls) == point)
        {
            happen(session);
        }
    }

    private sealed class Session(FaultyProvider provider, IDatabaseSession inner) : IDatabaseSession
    {
        public DbConnection Connection
        {
            get
            {
                provider.Count(inner);
                return inner.Connection;
            }
        }

        public EngineInfo Engine => inner.Engine;

        public Task<StatementOutcome> ExecuteAsync(string sql, CancellationToken cancellationToken)
        {
            provider.Count(inner);
            return inner.ExecuteAsync(sql, cancellationToken);
        }

        public Task<TransactionState> GetTransactionStateAsync(CancellationToken cancellationToken)
        {
            provider.Count(inner);
            return inner.GetTransactionStateAsync(cancellationToken);
        }

        public Task<IAsyncDisposable?> TryLockAsync(string name, CancellationToken cancellationToken)
        {
            provider.Count(inner);
            return inner.TryLockAsync(name, cancellationToken);
        }

        public Task<DatabaseSchema> ReadSchemaAsync(CancellationToken cancellationToken)
        {
            provider.Count(inner);
            return inner.ReadSchemaAsync(cancellationToken);
        }

        public Exception Translate(Exception failure, CancellationToken cancellationToken) => inner.Translate(failure, cancellationToken);

        public ValueTask DisposeAsync()
        {
            provider.Count(inner);
            return inner.DisposeAsync();
        }
    }
}
