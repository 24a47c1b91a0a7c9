using System.Security.Cryptography.X509Certificates;

namespace SafeDb.Configuration;

/// <summary>Certificates of the user's and the machine's personal stores, by thumbprint.</summary>
internal static class CertificateStore
{
    public static bool IsThumbprint(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigit);

    public static X509Certificate2 Find(string thumbprint, bool needsPrivateKey)
    {
        foreach (StoreLocation location in new[] { StoreLocation.CurrentUser, StoreLocation.LocalMachine })
        {
            if (Find(location, thumbprint, needsPrivateKey) is { } found)
            {
                return found;
            }
        }

        throw ArchiveAccessErrors.CertificateNotFound.Exception(thumbprint, needsPrivateKey ? " with its private key" : string.Empty);
    }

    private static X509Certificate2? Find(StoreLocation location, string thumbprint, bool needsPrivateKey)
    {
        using var store = new X509Store(StoreName.My, location);
        try
        {
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            // This machine has no such store, which is the same as one without the certificate.
            return null;
        }

        X509Certificate2Collection matching = thumbprint.Length == 40
            ? store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false)
            : [.. store.Certificates.Where(item => item.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).Equals(thumbprint, StringComparison.OrdinalIgnoreCase))];
        return matching.FirstOrDefault(item => !needsPrivateKey || item.HasPrivateKey);
    }
}
