using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Specialized;

namespace SafeDb.AzureStorage;

/// <summary>
/// Keeps a blob from being removed while it is read: a lease of one minute, renewed until disposed, so that the lease of a reader that died ends by itself.
/// Taking it is best effort: a read-only token may not lease, and a second reader finds the first one's lease, which protects both for as long as the first reads.
/// </summary>
internal sealed class BlobReadLease : IAsyncDisposable
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);

    private readonly BlobLeaseClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _renewing;

    private BlobReadLease(BlobLeaseClient client, TimeProvider clock)
    {
        _client = client;
        _renewing = RenewAsync(clock);
    }

    public static async Task<BlobReadLease?> TryTakeAsync(BlobClient blob, TimeProvider clock, CancellationToken cancellationToken)
    {
        BlobLeaseClient client = blob.GetBlobLeaseClient();
        try
        {
            await client.AcquireAsync(Length, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new BlobReadLease(client, clock);
        }
        catch (Exception problem) when (problem is RequestFailedException or AggregateException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(false);
        _stop.Dispose();
        try
        {
            await _client.ReleaseAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is RequestFailedException or AggregateException)
        {
            // It ends by itself within a minute.
        }
    }

    private async Task RenewAsync(TimeProvider clock)
    {
        try
        {
            using var timer = new PeriodicTimer(Renewal, clock);
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                await _client.RenewAsync(cancellationToken: _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or RequestFailedException or AggregateException)
        {
            // Without the lease the reading goes on; a removal in between is then noticed by the version check of each range.
        }
    }
}
