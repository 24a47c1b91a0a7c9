using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace SafeDb.AzureStorage;

/// <summary>Commits a block list under a condition, once, even when the service's answer is lost.</summary>
internal static class BlobCommit
{
    public static async Task RunAsync(BlockBlobClient blob, IReadOnlyList<string> blocks, CommitBlockListOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await blob.CommitBlockListAsync(blocks, options, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException conflict) when (conflict.Status is 409 or 412)
        {
            // The service may have committed it while the answer was lost: the retry then met its own blob. Block names are unique to an upload.
            BlockList list = (await blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            if (!list.CommittedBlocks.Select(block => block.Name).SequenceEqual(blocks, StringComparer.Ordinal))
            {
                throw;
            }
        }
    }
}
