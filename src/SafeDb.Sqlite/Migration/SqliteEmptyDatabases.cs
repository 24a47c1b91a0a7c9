using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Observation;
using SafeDb.Sqlite.Files;

namespace SafeDb.Sqlite.Migration;

/// <summary>Empty database files, removed in every case.</summary>
public sealed class SqliteEmptyDatabases : IEmptyDatabases
{
    /// <inheritdoc/>
    public Task<IEmptyDatabase> CreateAsync(DatabaseAddress like, DatabaseAddress? scratch, IOperationObserver observer, CancellationToken cancellationToken)
    {
        string folder = ScratchFolder.Choose(scratch is null ? null : SqlitePath.Of(scratch), SqlitePath.Of(like), bytes: 0);
        ScratchFile file = ScratchFile.Create(folder, like.DatabaseName);
        file.OpenNew().Dispose();
        return Task.FromResult<IEmptyDatabase>(new EmptyDatabase(file, SqlitePath.ToAddress(file.FullPath, like.GetConnectionString())));
    }

    private sealed class EmptyDatabase(ScratchFile file, DatabaseAddress address) : IEmptyDatabase
    {
        public DatabaseAddress Address => address;

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
