using System.Data.Common;

using Azure.Core.Pipeline;

using SafeDb.Stores;

namespace SafeDb.AzureStorage;

/// <summary>Opens Azure Blob Storage destinations: <c>https://account.blob.core.windows.net/container/prefix</c> (with or without a SAS) or a connection string with <c>Container=</c>.</summary>
public sealed class AzureBlobStoreFactory : IArchiveStoreFactory
{
    private readonly BlobCredentials _credentials;
    private readonly TimeProvider _clock;

    /// <summary>Creates the factory.</summary>
    /// <param name="clock">The time.</param>
    /// <param name="environment">Reads an environment variable; the process environment when null.</param>
    /// <param name="transport">How requests are sent; the SDK's own when null.</param>
    /// <param name="retryDelay">How long the first repetition of a request waits; 400 ms when null.</param>
    public AzureBlobStoreFactory(TimeProvider clock, Func<string, string?>? environment = null, HttpPipelineTransport? transport = null, TimeSpan? retryDelay = null)
    {
        _clock = clock;
        _credentials = new BlobCredentials(environment ?? Environment.GetEnvironmentVariable, transport, retryDelay ?? TimeSpan.FromMilliseconds(400));
    }

    /// <inheritdoc/>
    public IArchiveStore? TryOpen(string destination)
    {
        if (TryConnectionString(destination) is { } fromConnectionString)
        {
            return Store(fromConnectionString);
        }

        if (BlobAddress.TryParse(destination) is not { } address)
        {
            return null;
        }

        if (new Uri(destination).Query is { Length: > 1 } sas)
        {
            _credentials.Remember(address, sas);
        }

        return Store(address);
    }

    /// <inheritdoc/>
    public (string Destination, string Name)? TrySplit(string location)
    {
        if (!Uri.TryCreate(location, UriKind.Absolute, out Uri? uri) || BlobAddress.TryParse(location) is null)
        {
            return null;
        }

        string path = uri.GetLeftPart(UriPartial.Path).TrimEnd('/');
        int slash = path.LastIndexOf('/');
        return (path[..slash] + uri.Query, Uri.UnescapeDataString(path[(slash + 1)..]));
    }

    private AzureBlobStore Store(BlobAddress address) => new(_credentials.Client(address), address, _clock);

    private BlobAddress? TryConnectionString(string text)
    {
        if (!text.Contains("Container=", StringComparison.OrdinalIgnoreCase)
            || !(text.Contains("AccountName=", StringComparison.OrdinalIgnoreCase) || text.Contains("BlobEndpoint=", StringComparison.OrdinalIgnoreCase) || text.Contains("UseDevelopmentStorage=", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = text };
            string container = (string)parts["Container"];
            string prefix = parts.TryGetValue("Prefix", out object? value) ? (string)value : string.Empty;

            // The SDK's own parser takes only its own keys, unquoted.
            string storage = string.Join(';', text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Where(pair => !pair.StartsWith("Container=", StringComparison.OrdinalIgnoreCase) && !pair.StartsWith("Prefix=", StringComparison.OrdinalIgnoreCase)));
            return _credentials.Remember(storage, container, prefix);
        }
        catch (ArgumentException problem)
        {
            throw BlobErrors.ConnectionString.Caused(problem, problem.GetType().Name);
        }
    }
}
