namespace SafeDb.Backup;

/// <summary>Full locations of archives: a destination and a name in it.</summary>
public static class ArchiveLocation
{
    /// <summary>
    /// Joins a destination as the caller wrote it and a name. A folder becomes an absolute path. A blob address keeps its query (a SAS token) out: the token comes from the destination's
    /// settings or the environment when the location is used, never from an object that is printed.
    /// </summary>
    public static string Join(string destination, string name)
    {
        if (Uri.TryCreate(destination, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http")
        {
            return $"{uri!.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{Uri.EscapeDataString(name)}";
        }

        return Path.Combine(Path.GetFullPath(destination), name);
    }

    /// <summary>The folder or container of a location.</summary>
    public static string DestinationOf(string location)
    {
        int slash = location.LastIndexOf('/');
        return location.Contains("://", StringComparison.Ordinal) && slash > 0 ? location[..slash] : Path.GetDirectoryName(Path.GetFullPath(location)) ?? location;
    }
}
