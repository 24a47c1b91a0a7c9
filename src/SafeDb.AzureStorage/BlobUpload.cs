using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

using SafeDb.Stores;

namespace SafeDb.AzureStorage;

/// <summary>An archive being uploaded as blocks, several at the same time; one commit makes the blob.</summary>
internal sealed class BlobUpload(BlockBlobClient blob, string target, TimeProvider clock) : IArchiveUpload
{
    private readonly BlockStream _stream = new(blob, target, clock);
    private Dictionary<string, string> _facts = [];
    private bool _committed;
    private bool _disposed;

    public Stream Stream => _stream;

    public void Describe(IReadOnlyDictionary<string, string> facts) => _facts = new Dictionary<string, string>(facts, StringComparer.Ordinal);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<string> blocks = await _stream.FinishAsync(cancellationToken).ConfigureAwait(false);
        await BlobErrorTranslator.RunAsync(target, clock, cancellationToken, async () =>
        {
            var options = new CommitBlockListOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                Metadata = _facts,
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/zip" },
            };
            try
            {
                await blob.CommitBlockListAsync(blocks, options, cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException conflict) when (conflict.Status is 409 or 412)
            {
                // The service may have committed it while the answer was lost: the retry then met its own blob.
                if (!await IsOursAsync(blocks, cancellationToken).ConfigureAwait(false))
                {
                    throw;
                }
            }
        }).ConfigureAwait(false);
        _committed = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stream.DisposeAsync().ConfigureAwait(false);
        if (!_committed && _stream.StagedBlocks > 0)
        {
            await DiscardBlocksAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> IsOursAsync(IReadOnlyList<string> blocks, CancellationToken cancellationToken)
    {
        BlockList list = (await blob.GetBlockListAsync(BlockListTypes.Committed, cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        return list.CommittedBlocks.Select(block => block.Name).SequenceEqual(blocks, StringComparer.Ordinal);
    }

    // Blocks of a blob that was never committed cannot be removed one by one: an empty blob takes their place and goes at once. It is marked, so that no listing ever shows it;
    // if this fails too, the service drops the blocks after a week.
    private async Task DiscardBlocksAsync()
    {
        try
        {
            var options = new CommitBlockListOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [AzureBlobStore.IncompleteKey] = "1" },
            };
            BlobContentInfo empty = (await blob.CommitBlockListAsync([], options).ConfigureAwait(false)).Value;
            await blob.DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = empty.ETag }).ConfigureAwait(false);
        }
        catch (RequestFailedException)
        {
            // Said above: nothing is visible either way.
        }
        catch (AggregateException)
        {
            // The network is gone; likewise.
        }
    }
}
