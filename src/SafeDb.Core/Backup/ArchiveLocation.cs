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
            return $"{uri.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{Uri.EscapeDataString(name)}";
        }

        return Path.Combine(Path.GetFullPath(destination), name);
    }

    /// <summary>The folder or container of a location; a token that the location brought goes along.</summary>
    public static string DestinationOf(string location)
    {
        if (!location.Contains("://", StringComparison.Ordinal))
        {
            return Path.GetDirectoryName(Path.GetFullPath(location)) ?? location;
        }

        int query = location.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? location : location[..query];
        return path[..path.LastIndexOf('/')] + (query < 0 ? string.Empty : location[query..]);
    }

    /// <summary>The location as it may be shown: without the token that it may have brought.</summary>
    public static string Shown(string location)
    {
        int query = location.Contains("://", StringComparison.Ordinal) ? location.IndexOf('?', StringComparison.Ordinal) : -1;
        return query < 0 ? location : location[..query];
    }

    /// <summary>Whether a text is an address of a store (a URL, or a storage account's connection string) rather than a path.</summary>
    public static bool IsAddress(string text) => text.Contains("://", StringComparison.Ordinal)
        || (text.Contains(';', StringComparison.Ordinal) && text.Contains("Container=", StringComparison.OrdinalIgnoreCase));
}
