namespace SafeDb.AzureStorage;

/// <summary>Where archives are kept in Azure: an account's endpoint, a container and a prefix in it. Holds no secret.</summary>
/// <param name="Container">Address of the container without query.</param>
/// <param name="Prefix">Prefix of the names, empty or ending in a slash.</param>
internal sealed record BlobAddress(Uri Container, string Prefix)
{
    /// <summary>Shown to people.</summary>
    public string Display => $"{Container.AbsoluteUri}/{Prefix}".TrimEnd('/');

    /// <summary>
    /// Reads <c>https://account.blob.core.windows.net/container/prefix</c> (also sovereign clouds, private endpoints of the form <c>account.blob.…</c>, and
    /// <c>http://127.0.0.1:10000/account/container/prefix</c> of an emulator). Null when the text is no such address.
    /// </summary>
    public static BlobAddress? TryParse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))
        {
            return null;
        }

        string[] segments = [.. uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];

        // An emulator has no host per account: the account is the first segment of the path.
        bool pathStyle = uri.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || uri.Host == "localhost";
        int skip = pathStyle ? 1 : 0;
        if ((!pathStyle && !uri.Host.Contains(".blob.", StringComparison.OrdinalIgnoreCase)) || segments.Length <= skip)
        {
            return null;
        }

        // A key or token over plain HTTP would be readable on the way; only a loopback emulator is spoken to so.
        if (uri.Scheme == "http" && !uri.IsLoopback)
        {
            throw BlobErrors.PlainHttp.Exception();
        }

        string root = uri.GetLeftPart(UriPartial.Authority);
        string container = string.Join('/', segments.Take(skip + 1).Select(Uri.EscapeDataString));
        string prefix = string.Join('/', segments.Skip(skip + 1));
        return new BlobAddress(new Uri($"{root}/{container}"), prefix.Length == 0 ? string.Empty : prefix + "/");
    }
}
