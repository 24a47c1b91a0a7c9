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
    private ArchiveProtection? _protection;
    private bool _committed;
    private bool _disposed;

    public Stream Stream => _stream;

    public void Describe(IReadOnlyDictionary<string, string> facts) => _facts = new Dictionary<string, string>(facts, StringComparer.Ordinal);

    public void Protect(ArchiveProtection protection) => _protection = protection;

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
                ImmutabilityPolicy = BlobProtection.Policy(_protection),
                LegalHold = _protection?.LegalHold == true ? true : null,
            };
            await BlobCommit.RunAsync(blob, blocks, options, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _committed = true;
        if (_protection is { } protection)
        {
            await BlobProtection.RequireAsync(blob, protection, target, clock, cancellationToken).ConfigureAwait(false);
        }
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

    // Blocks of a blob that was never committed cannot be removed one by one: an empty blob takes their place and goes at once. It is marked, so that no listing ever shows it;
    // if this fails too, the service drops the blocks after a week.
    private async Task DiscardBlocksAsync()
    {
        string mark = Guid.NewGuid().ToString("N");
        try
        {
            var options = new CommitBlockListOptions
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [AzureBlobStore.IncompleteKey] = mark },
            };
            try
            {
                await blob.CommitBlockListAsync([], options).ConfigureAwait(false);
            }
            catch (RequestFailedException conflict) when (conflict.Status is 409 or 412)
            {
                // Either somebody else's archive has the name, or an answer was lost and the mark below is ours.
            }

            BlobProperties found = (await blob.GetPropertiesAsync().ConfigureAwait(false)).Value;
            if (found.Metadata.TryGetValue(AzureBlobStore.IncompleteKey, out string? theirs) && theirs == mark)
            {
                await blob.DeleteIfExistsAsync(conditions: new BlobRequestConditions { IfMatch = found.ETag }).ConfigureAwait(false);
            }
        }
        catch (Exception problem) when (problem is RequestFailedException or AggregateException)
        {
            // Said above: nothing is visible either way.
        }
    }
}
