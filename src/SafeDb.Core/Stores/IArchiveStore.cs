namespace SafeDb.Stores;

/// <summary>
/// A place for archives: a folder, a blob container. Names are file names without folders. Members may be called from any thread.
/// What is listed is whole: an upload that was not committed is never visible, and its remains are cleaned up.
/// </summary>
public interface IArchiveStore
{
    /// <summary>The destination without secrets.</summary>
    string Display { get; }

    /// <summary>Begins to write an archive. Fails when the name exists: nothing is ever overwritten.</summary>
    Task<IArchiveUpload> CreateAsync(string name, CancellationToken cancellationToken);

    /// <summary>Fails as <see cref="CreateAsync"/> would, as far as that can be told without writing anything.</summary>
    Task CheckPlaceAsync(string name, CancellationToken cancellationToken);

    /// <summary>Opens an archive for reading ranges. Fails with <c>Store.NotFound</c> when it is not there.</summary>
    Task<IArchiveFile> OpenAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lists what is there, also files that are no archives, in ordinal order of names.</summary>
    IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes a small file beside an archive, atomically; replaces it only when <paramref name="expectedTag"/> is still its tag (null: it must not exist).</summary>
    Task WriteSidecarAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken);

    /// <summary>Removes an archive and its sidecars. Fails when it is held or leased by somebody else.</summary>
    Task DeleteAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes what interrupted uploads left and nobody is writing any more; gives the names. A store that cleans up by itself has nothing to do.</summary>
    Task<IReadOnlyList<string>> RemoveRemainsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<string>>([]);

    /// <summary>Moves an archive to a tier of another price. A store without tiers refuses.</summary>
    Task SetTierAsync(string name, string tier, CancellationToken cancellationToken) => throw StoreErrors.TierUnsupported.Exception(Display);
}

/// <summary>An archive being written. Disposing without <see cref="CommitAsync"/> leaves nothing visible.</summary>
public interface IArchiveUpload : IAsyncDisposable
{
    /// <summary>Takes the bytes; cannot seek.</summary>
    Stream Stream { get; }

    /// <summary>Facts to keep with the file, for listings; a store that cannot keep any ignores them. To be called before the commit.</summary>
    void Describe(IReadOnlyDictionary<string, string> facts)
    {
    }

    /// <summary>Has the store protect the archive from the moment it is visible. To be called before the commit; a store that cannot refuses.</summary>
    void Protect(ArchiveProtection protection) => throw StoreErrors.ProtectionUnsupported.Exception();

    /// <summary>Makes the archive durable, then visible under its name, in one step.</summary>
    Task CommitAsync(CancellationToken cancellationToken);
}

/// <summary>An archive opened for reading.</summary>
public interface IArchiveFile : IAsyncDisposable
{
    /// <summary>Its size in bytes.</summary>
    long Length { get; }

    /// <summary>Changes whenever the content does.</summary>
    string Tag { get; }

    /// <summary>Fills the buffer from an offset; fails when the file is shorter. May be called at the same time from several threads.</summary>
    Task ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>A file in a store.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="ModifiedAt">When the store says it was written, in UTC. Retention trusts the manifest's time instead.</param>
/// <param name="Tag">Changes whenever the content does.</param>
public sealed record StoredFile(string Name, long Length, DateTimeOffset ModifiedAt, string Tag)
{
    /// <summary>Whether a legal hold or an immutability policy forbids its removal now.</summary>
    public bool Held => HeldBy is not null;

    /// <summary>What forbids its removal now, such as <c>legal hold</c> or <c>immutable until 2026-01-31 00:00:00Z</c>; null for nothing.</summary>
    public string? HeldBy { get; init; }

    /// <summary>The tier it lies in; null where the store has none.</summary>
    public string? Tier { get; init; }

    /// <summary>Facts that the store keeps with the file (blob metadata), so that a listing need not open it.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
