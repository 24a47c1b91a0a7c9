using SafeDb.Backup;

namespace SafeDb.Configuration;

/// <summary>A place for archives as a command means it.</summary>
/// <param name="Address">Folder or blob address.</param>
/// <param name="Settings">Its settings, or null when it is not configured.</param>
public sealed record ResolvedDestination(string Address, DestinationSettings? Settings);

/// <summary>Turns what the caller wrote after <c>-Destination</c> into a place.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="lookup">Reads an environment variable; the process environment when null.</param>
public sealed class DestinationResolver(SafeDbConfiguration configuration, Func<string, string?>? lookup = null)
{
    /// <summary>Resolves a name of the configuration, a folder, a blob address, or nothing (then the database's own destination).</summary>
    /// <param name="text">What the caller wrote, or null.</param>
    /// <param name="database">The database's settings, or null.</param>
    /// <param name="folder">What the caller's relative paths start from.</param>
    public ResolvedDestination Resolve(string? text, DatabaseSettings? database, string folder)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            // Written in the file, so relative to the file.
            return Find(database?.Destination ?? throw BackupErrors.NoDestination.Exception(), configuration.Folder ?? folder);
        }

        return Find(text, folder);
    }

    private ResolvedDestination Find(string text, string folder) => configuration.Destinations.TryGetValue(text, out DestinationSettings? settings)
        ? new ResolvedDestination(Full(EnvironmentValues.Expand(settings.Address, $"destination {text}", lookup), configuration.Folder ?? folder), settings)
        : new ResolvedDestination(Full(text, folder), null);

    private static string Full(string address, string folder) => ArchiveLocation.IsAddress(address) ? address : Path.GetFullPath(address, folder);
}
