using System.Collections.Concurrent;

using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;

namespace SafeDb.AzureStorage;

/// <summary>
/// Finds the credential for a container: a SAS in the destination, a connection string, <c>AZURE_STORAGE_SAS_TOKEN</c>, else Azure.Identity's default chain (managed identity first
/// where there is one). Remembers what a destination of this process brought, so that an archive's printed location, which never holds a token, can be opened later in the same pipeline.
/// </summary>
internal sealed class BlobCredentials(Func<string, string?> environment, HttpPipelineTransport? transport, TimeSpan retryDelay)
{
    private readonly ConcurrentDictionary<string, Func<BlobClientOptions, BlobContainerClient>> _known = new(StringComparer.Ordinal);

    /// <summary>Remembers a SAS for a container.</summary>
    public void Remember(BlobAddress address, string sas) =>
        _known[address.Container.AbsoluteUri] = options => new BlobContainerClient(new Uri($"{address.Container}?{sas.TrimStart('?')}"), options);

    /// <summary>Remembers a connection string for a container and returns the container's address.</summary>
    public BlobAddress Remember(string connectionString, string container, string prefix)
    {
        BlobContainerClient probe;
        try
        {
            probe = new BlobContainerClient(connectionString, container);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException)
        {
            // The exception's message can quote the text it was given; only its kind is safe to show.
            throw BlobErrors.ConnectionString.Caused(problem, problem.GetType().Name);
        }

        var address = new BlobAddress(new Uri(probe.Uri.GetLeftPart(UriPartial.Path)), prefix.Length == 0 ? string.Empty : prefix.Trim('/') + "/");
        _known[address.Container.AbsoluteUri] = options => new BlobContainerClient(connectionString, container, options);
        return address;
    }

    /// <summary>A client for a container.</summary>
    public BlobContainerClient Client(BlobAddress address)
    {
        var options = new BlobClientOptions(BlobClientOptions.ServiceVersion.V2021_12_02)
        {
            Retry = { Mode = RetryMode.Exponential, MaxRetries = 8, Delay = retryDelay, MaxDelay = TimeSpan.FromSeconds(30), NetworkTimeout = TimeSpan.FromSeconds(100) },
        };
        if (transport is not null)
        {
            options.Transport = transport;
        }

        // Request logs of the SDK can hold addresses; SafeDb says what is needed itself.
        options.Diagnostics.IsLoggingEnabled = false;
        if (_known.TryGetValue(address.Container.AbsoluteUri, out Func<BlobClientOptions, BlobContainerClient>? known))
        {
            return known(options);
        }

        if (environment("AZURE_STORAGE_CONNECTION_STRING") is { Length: > 0 } connection && Matches(connection, address, out BlobContainerClient? client, options))
        {
            return client!;
        }

        if (environment("AZURE_STORAGE_SAS_TOKEN") is { Length: > 0 } sas)
        {
            return new BlobContainerClient(new Uri($"{address.Container}?{sas.TrimStart('?')}"), options);
        }

        return environment("AZURE_STORAGE_KEY") is { Length: > 0 } key && environment("AZURE_STORAGE_ACCOUNT") is { Length: > 0 } account
            ? new BlobContainerClient(address.Container, new StorageSharedKeyCredential(account, key), options)
            : address.Container.Scheme == Uri.UriSchemeHttps ? new BlobContainerClient(address.Container, new DefaultAzureCredential(), options)
            : throw BlobErrors.NoCredential.Exception(address.Container); // an identity's token is never sent in the clear, not even to an emulator
    }

    // The connection string of another account must not be sent to this one.
    private static bool Matches(string connection, BlobAddress address, out BlobContainerClient? client, BlobClientOptions options)
    {
        string container = Uri.UnescapeDataString(address.Container.Segments[^1]);
        client = new BlobContainerClient(connection, container, options);
        return client.Uri.GetLeftPart(UriPartial.Path) == address.Container.GetLeftPart(UriPartial.Path);
    }
}
