using System.Collections.ObjectModel;
using System.Management.Automation;

using SafeDb.Addresses;
using SafeDb.Errors;

namespace SafeDb.PowerShell.Hosting;

/// <summary>Turns what users write as paths into full file system paths. Relative ones start at the session's location, not at the process's folder.</summary>
/// <param name="session">The session.</param>
internal sealed class PathResolver(SessionState session)
{
    private const string FileSystem = "FileSystem";

    /// <summary>The session's folder in the file system, wherever its current location is.</summary>
    public string CurrentFolder => session.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>Existing files and folders that a path with wildcards means. What is there under exactly that name is meant itself: objects in a pipeline carry names, not patterns.</summary>
    public IReadOnlyList<string> Existing(string path)
    {
        if (path.AsSpan().IndexOfAny("[]*?") >= 0 && session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo named, out _) is { } literal
            && named.Name == FileSystem && System.IO.Path.Exists(literal))
        {
            return [literal];
        }

        Collection<string> found;
        ProviderInfo provider;
        try
        {
            found = session.Path.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (Exception problem) when (problem is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            throw PathErrors.NotFound.Caused(problem, path);
        }

        return provider.Name != FileSystem ? throw PathErrors.NotFileSystem.Exception(path, provider.Name)
            : found.Count > 0 ? [.. found] : throw PathErrors.NotFound.Exception(path);
    }

    /// <summary>The full path of a file or folder that need not exist; wildcard characters stand for themselves.</summary>
    public string Literal(string path)
    {
        try
        {
            string resolved = session.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
            return provider.Name == FileSystem ? resolved : throw PathErrors.NotFileSystem.Exception(path, provider.Name);
        }
        catch (Exception problem) when (problem is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException or PSArgumentException)
        {
            throw PathErrors.NotFound.Caused(problem, path);
        }
    }

    /// <summary>A location of archives: an address with a scheme stays as it is, anything else is a path.</summary>
    public string FolderOrAddress(string location) => Backup.ArchiveLocation.IsAddress(location) ? location : Literal(location);

    /// <summary>A database address whose file, if it has one, starts at the session's location.</summary>
    public string DatabaseText(string text) => RelativeAddress.Resolve(text, CurrentFolder);
}

/// <summary>Errors of paths as PowerShell users write them.</summary>
public static class PathErrors
{
    /// <summary>Nothing is there.</summary>
    public static readonly ErrorDefinition NotFound = new(
        "Path.NotFound", ErrorKind.NotFound, "Nothing was found at '{0}'.", "Check the path; relative ones start at the current location (Get-Location).");

    /// <summary>Another provider's path.</summary>
    public static readonly ErrorDefinition NotFileSystem = new(
        "Path.NotFileSystem", ErrorKind.InvalidInput, "'{0}' is a path of the provider {1}, not of the file system.", "Give a path of the file system.");

    /// <summary>No migrations were named.</summary>
    public static readonly ErrorDefinition NoMigrations = new(
        "Path.NoMigrations", ErrorKind.InvalidInput, "No folder of migrations was given.", "Give -Path, or name the folder as migrations of the database in safedb.json.");
}
