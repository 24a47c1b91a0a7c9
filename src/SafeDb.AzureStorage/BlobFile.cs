using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

using SafeDb.Stores;

namespace SafeDb.AzureStorage;

/// <summary>A blob read by ranges. Every range must come from the same version of the blob.</summary>
internal sealed class BlobFile(BlobClient blob, long length, ETag tag, BlobReadLease? lease, string target, TimeProvider clock) : IArchiveFile
{
    private readonly BlobRequestConditions _sameVersion = new() { IfMatch = tag };

    public long Length => length;

    public string Tag => tag.ToString();

    public Task ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset + buffer.Length > length)
        {
            throw StoreErrors.Truncated.Exception(target);
        }

        return buffer.IsEmpty ? Task.CompletedTask : BlobErrorTranslator.RunAsync(target, clock, cancellationToken, async () =>
        {
            // The SDK reopens the range at the byte where a cut connection stopped.
            BlobDownloadStreamingResult download = await blob
                .DownloadStreamingAsync(new BlobDownloadOptions { Range = new HttpRange(offset, buffer.Length), Conditions = _sameVersion }, cancellationToken).ConfigureAwait(false);
            await using (download.Content.ConfigureAwait(false))
            {
                await download.Content.ReadExactlyAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
        });
    }

    public ValueTask DisposeAsync() => lease?.DisposeAsync() ?? ValueTask.CompletedTask;
}
