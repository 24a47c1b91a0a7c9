namespace SafeDb.Addresses;

/// <summary>
/// Makes the file of a <c>sqlite:</c> address absolute, from the folder that its writer meant: the session's location, the folder of <c>safedb.json</c>. The process's own
/// folder is neither. Other addresses stay as they are.
/// </summary>
public static class RelativeAddress
{
    private const string Scheme = "sqlite:";

    /// <summary>The address with its file resolved against a folder.</summary>
    /// <param name="text">The address as written.</param>
    /// <param name="folder">What a relative file starts from.</param>
    public static string Resolve(string text, string folder)
    {
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || text.StartsWith(Scheme + "//", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        string file = text[Scheme.Length..];
        int query = file.IndexOf('?', StringComparison.Ordinal);
        string name = query < 0 ? file : file[..query];
        return name.Length == 0 || name == ":memory:" || Path.IsPathFullyQualified(name)
            ? text
            : string.Concat(Scheme, Path.GetFullPath(name, folder), query < 0 ? string.Empty : file[query..]);
    }
}
