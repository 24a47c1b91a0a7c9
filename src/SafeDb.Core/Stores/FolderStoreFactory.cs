namespace SafeDb.Stores;

/// <summary>Opens folders. Takes every text that is not an address of another kind, so it comes last in a <see cref="StoreRegistry"/>.</summary>
/// <param name="clock">The clock; null for the system's.</param>
public sealed class FolderStoreFactory(TimeProvider? clock = null) : IArchiveStoreFactory
{
    /// <inheritdoc/>
    public IArchiveStore? TryOpen(string destination) => IsPath(destination) ? new FolderStore(destination, clock) : null;

    /// <inheritdoc/>
    public (string Destination, string Name)? TrySplit(string location)
    {
        if (!IsPath(location)) return null;
        string path = Path.GetFullPath(location);
        string? folder = Path.GetDirectoryName(path);
        string name = Path.GetFileName(path);
        return folder is null || name.Length == 0 ? null : (folder, name);
    }

    private static bool IsPath(string text) =>
        !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal) && !text.Contains("://", StringComparison.Ordinal);
}
