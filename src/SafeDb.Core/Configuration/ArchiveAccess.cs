using System.Security;
using System.Security.Cryptography.X509Certificates;

using SafeDb.Archive;
using SafeDb.Backup;

namespace SafeDb.Configuration;

/// <summary>What a caller gave for sealing or opening archives; what was not given comes from <c>safedb.json</c>.</summary>
public sealed record ArchiveAccessRequest
{
    /// <summary>A passphrase, or null.</summary>
    public SecureString? Passphrase { get; init; }

    /// <summary>A 32-byte key in Base64 or hexadecimal digits, or null.</summary>
    public SecureString? Key { get; init; }

    /// <summary>Certificate files, thumbprints of certificates in the user's or machine's store, or names of recipients in <c>safedb.json</c>.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>The caller accepts a backup that everybody can read.</summary>
    public bool Unencrypted { get; init; }

    /// <summary>Folder that relative certificate paths start from.</summary>
    public required string Folder { get; init; }

    /// <summary>Whether anything was given.</summary>
    public bool IsEmpty => Passphrase is null && Key is null && Recipients.Count == 0;
}

/// <summary>Finds out who can open a new archive, and with what an existing one is opened.</summary>
/// <param name="configuration">The configuration.</param>
/// <param name="lookup">Reads an environment variable; the process environment when null.</param>
public sealed class ArchiveAccess(SafeDbConfiguration configuration, Func<string, string?>? lookup = null)
{
    /// <summary>The recipients of a new archive: those given, else those of the destination. Fails when there are none and the caller did not accept a readable file.</summary>
    public ArchiveSecrets ForWriting(ArchiveAccessRequest request, DestinationSettings? destination)
    {
        if (request.Unencrypted)
        {
            return request.IsEmpty ? ArchiveSecrets.Unencrypted() : throw ArchiveAccessErrors.UnencryptedWithRecipient.Exception();
        }

        if (request.IsEmpty && destination is not { Recipients.Count: > 0 })
        {
            throw BackupErrors.NoRecipient.Exception();
        }

        var secrets = new ArchiveSecrets();
        try
        {
            AddGiven(secrets, request);
            foreach (string name in request.IsEmpty ? destination!.Recipients : [])
            {
                AddConfigured(secrets, name);
            }

            return secrets;
        }
        catch
        {
            secrets.Dispose();
            throw;
        }
    }

    /// <summary>What opens archives: what was given, else every recipient of the configuration whose secret is at hand. Null when there is nothing.</summary>
    public ArchiveKeys? ForReading(ArchiveAccessRequest request)
    {
        var keys = new ArchiveKeys();
        try
        {
            AddGiven(keys, request);
            foreach ((string name, RecipientSettings settings) in request.IsEmpty ? configuration.Recipients : new Dictionary<string, RecipientSettings>(StringComparer.Ordinal))
            {
                AddIfAtHand(keys, name, settings);
            }

            if (!keys.IsEmpty)
            {
                return keys;
            }

            keys.Dispose();
            return null;
        }
        catch
        {
            keys.Dispose();
            throw;
        }
    }

    private void AddGiven(ArchiveSecrets secrets, ArchiveAccessRequest request)
    {
        if (request.Passphrase is { } passphrase)
        {
            secrets.AddPassphrase(passphrase);
        }

        if (request.Key is { } key)
        {
            secrets.AddKeyText(key);
        }

        foreach (string recipient in request.Recipients)
        {
            if (configuration.Recipients.ContainsKey(recipient))
            {
                AddConfigured(secrets, recipient);
            }
            else
            {
                AddCertificate(secrets, recipient, request.Folder);
            }
        }
    }

    private void AddConfigured(ArchiveSecrets secrets, string name)
    {
        RecipientSettings settings = ConfigurationLoader.Find(configuration.Recipients, "recipient", name);
        if (settings.Certificate is { } certificate)
        {
            AddCertificate(secrets, Expand(certificate, name), configuration.Folder!);
        }
        else if (settings.Passphrase is { } passphrase)
        {
            secrets.AddPassphrase(Expand(passphrase, name));
        }
        else
        {
            secrets.AddKeyText(Expand(settings.Key!, name));
        }
    }

    private static void AddCertificate(ArchiveSecrets secrets, string certificate, string folder)
    {
        if (!CertificateStore.IsThumbprint(certificate))
        {
            secrets.AddCertificateFile(Path.GetFullPath(certificate, folder));
            return;
        }

        using X509Certificate2 found = CertificateStore.Find(certificate, needsPrivateKey: false);
        secrets.AddCertificate(found);
    }

    private void AddGiven(ArchiveKeys keys, ArchiveAccessRequest request)
    {
        if (request.Passphrase is { } passphrase)
        {
            keys.AddPassphrase(passphrase);
        }

        if (request.Key is { } key)
        {
            keys.AddKeyText(key);
        }

        foreach (string recipient in request.Recipients)
        {
            if (configuration.Recipients.TryGetValue(recipient, out RecipientSettings? settings))
            {
                AddConfigured(keys, recipient, settings);
            }
            else
            {
                AddPrivateKey(keys, recipient, request.Folder);
            }
        }
    }

    // A machine that only writes backups has no private key: what is missing is only missed when nothing else opens the archive.
    private void AddIfAtHand(ArchiveKeys keys, string name, RecipientSettings settings)
    {
        Func<string, string?> read = lookup ?? Environment.GetEnvironmentVariable;
        string? secret = settings.PrivateKey ?? settings.Passphrase ?? settings.Key;
        if (secret is null || EnvironmentValues.Names(secret).Any(variable => string.IsNullOrEmpty(read(variable))))
        {
            return;
        }

        if (settings.PrivateKey is null || File.Exists(Path.GetFullPath(Expand(settings.PrivateKey, name), configuration.Folder!)))
        {
            AddConfigured(keys, name, settings);
        }
    }

    private void AddConfigured(ArchiveKeys keys, string name, RecipientSettings settings)
    {
        if (settings.Certificate is { } certificate)
        {
            AddPrivateKey(keys, Expand(settings.PrivateKey ?? certificate, name), configuration.Folder!);
        }
        else if (settings.Passphrase is { } passphrase)
        {
            keys.AddPassphrase(Expand(passphrase, name));
        }
        else
        {
            keys.AddKeyText(Expand(settings.Key!, name));
        }
    }

    private static void AddPrivateKey(ArchiveKeys keys, string certificate, string folder)
    {
        if (!CertificateStore.IsThumbprint(certificate))
        {
            keys.AddCertificateFile(Path.GetFullPath(certificate, folder));
            return;
        }

        using X509Certificate2 found = CertificateStore.Find(certificate, needsPrivateKey: true);
        keys.AddCertificate(found);
    }

    private string Expand(string value, string name) => EnvironmentValues.Expand(value, $"recipient {name}", lookup);
}
