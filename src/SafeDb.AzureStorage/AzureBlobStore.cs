using System.Runtime.CompilerServices;

using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

using SafeDb.Errors;
using SafeDb.Stores;

namespace SafeDb.AzureStorage;

/// <summary>Archives in a blob container. All writing goes through staged blocks: what is not committed is invisible.</summary>
internal sealed class AzureBlobStore(BlobContainerClient container, BlobAddress address, TimeProvider clock) : IArchiveStore
{
    /// <summary>Marks a blob that only exists to throw away the blocks of a failed upload.</summary>
    internal const string IncompleteKey = "safedb_incomplete";

    private static readonly BlobRequestConditions MustNotExist = new() { IfNoneMatch = ETag.All };

    /// <inheritdoc/>
    public string Display => address.Display;

    /// <inheritdoc/>
    public async Task<IArchiveUpload> CreateAsync(string name, CancellationToken cancellationToken)
    {
        // Asked before the first byte is read from the database: a wrong token or a missing container must not cost a whole backup.
        await CheckPlaceAsync(name, cancellationToken).ConfigureAwait(false);
        return new BlobUpload(container.GetBlockBlobClient(address.Prefix + name), Target(name), clock);
    }

    /// <inheritdoc/>
    public Task CheckPlaceAsync(string name, CancellationToken cancellationToken)
    {
        BlockBlobClient blob = container.GetBlockBlobClient(address.Prefix + name);
        string target = Target(name);
        return BlobErrorTranslator.RunAsync(target, clock, cancellationToken, async () =>
        {
            try
            {
                await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            catch (RequestFailedException missing) when (missing.Status == 404 && missing.ErrorCode is null or "BlobNotFound")
            {
                return;
            }

            throw StoreErrors.AlreadyExists.Exception(target);
        });
    }

    /// <inheritdoc/>
    public async Task<IArchiveFile> OpenAsync(string name, CancellationToken cancellationToken)
    {
        BlobClient blob = container.GetBlobClient(address.Prefix + name);
        string target = Target(name);
        BlobProperties properties = await BlobErrorTranslator.RunAsync(
            target, clock, cancellationToken, async () => (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value).ConfigureAwait(false);
        BlobReadLease? lease = await BlobReadLease.TryTakeAsync(blob, clock, cancellationToken).ConfigureAwait(false);
        return new BlobFile(blob, properties.ContentLength, properties.ETag, lease, target, clock);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IAsyncEnumerator<BlobHierarchyItem> items = container
            .GetBlobsByHierarchyAsync(BlobTraits.Metadata | BlobTraits.ImmutabilityPolicy | BlobTraits.LegalHold, BlobStates.None, "/", address.Prefix, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);
        await using ConfiguredAsyncDisposable ending = items.ConfigureAwait(false);
        while (await BlobErrorTranslator.RunAsync(Display, clock, cancellationToken, () => items.MoveNextAsync().AsTask()).ConfigureAwait(false))
        {
            if (items.Current is { IsBlob: true, Blob: var blob } && !blob.Metadata.ContainsKey(IncompleteKey))
            {
                yield return Describe(blob);
            }
        }
    }

    /// <inheritdoc/>
    public Task WriteSidecarAsync(string name, ReadOnlyMemory<byte> content, string? expectedTag, CancellationToken cancellationToken) =>
        BlobErrorTranslator.RunAsync(Target(name), clock, cancellationToken, async () =>
        {
            BlockBlobClient blob = container.GetBlockBlobClient(address.Prefix + name);
            string[] blocks = [new BlockIds().For(0)];
            using var stream = new MemoryStream(content.ToArray(), writable: false);
            await blob.StageBlockAsync(blocks[0], stream, cancellationToken: cancellationToken).ConfigureAwait(false);
            var options = new CommitBlockListOptions { Conditions = expectedTag is null ? MustNotExist : new BlobRequestConditions { IfMatch = new ETag(expectedTag) } };
            await BlobCommit.RunAsync(blob, blocks, options, cancellationToken).ConfigureAwait(false);
        });

    /// <inheritdoc/>
    public async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        // The archive goes first: a sidecar without its archive is harmless, an archive that lost its evidence is not.
        await DeleteBlobAsync(name, mustExist: true, cancellationToken).ConfigureAwait(false);
        var sidecars = new List<string>();
        await foreach (StoredFile file in ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (file.Name.StartsWith(name + ".", StringComparison.Ordinal))
            {
                sidecars.Add(file.Name);
            }
        }

        foreach (string sidecar in sidecars)
        {
            await DeleteBlobAsync(sidecar, mustExist: false, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task SetTierAsync(string name, string tier, CancellationToken cancellationToken) =>
        BlobErrorTranslator.RunAsync(Target(name), clock, cancellationToken, () => container.GetBlobClient(address.Prefix + name).SetAccessTierAsync(new AccessTier(tier), cancellationToken: cancellationToken));

    private Task DeleteBlobAsync(string name, bool mustExist, CancellationToken cancellationToken) =>
        BlobErrorTranslator.RunAsync(Target(name), clock, cancellationToken, async () =>
        {
            BlobClient blob = container.GetBlobClient(address.Prefix + name);
            if (!(await blob.ExistsAsync(cancellationToken).ConfigureAwait(false)).Value)
            {
                if (mustExist)
                {
                    throw StoreErrors.NotFound.Exception(Target(name));
                }

                return;
            }

            // No lease is broken: while somebody reads it (and so holds one), the service refuses the removal. It was there a moment ago, so 'not found' now means that it went
            // (perhaps by this very call, whose first answer was lost on the way).
            await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken).ConfigureAwait(false);
        });

    private StoredFile Describe(BlobItem blob) => new(
        blob.Name[address.Prefix.Length..],
        blob.Properties.ContentLength ?? 0,
        blob.Properties.LastModified ?? DateTimeOffset.UnixEpoch,
        blob.Properties.ETag?.ToString() ?? string.Empty)
    {
        HeldBy = BlobProtection.HeldBy(blob.Properties.HasLegalHold, blob.Properties.ImmutabilityPolicy, clock.GetUtcNow()),
        Tier = blob.Properties.AccessTier?.ToString(),
        Metadata = new Dictionary<string, string>(blob.Metadata, StringComparer.OrdinalIgnoreCase),
    };

    private string Target(string name) => $"{Display}/{name}";
}
