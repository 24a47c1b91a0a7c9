using System.Buffers;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;
using SafeDb.Observation;
using SafeDb.Stores;

namespace SafeDb.Catalogue;

/// <summary>What a copy will do.</summary>
/// <param name="Backup">Location of the archive.</param>
/// <param name="Destination">Where the copy goes, without secrets.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Rewrap">Whether the copy gets other recipients.</param>
public sealed record CopyPlan(string Backup, string Destination, string Name, bool Rewrap)
{
    /// <inheritdoc/>
    public override string ToString() => $"Copy {Name} to {Destination}{(Rewrap ? " for other recipients" : string.Empty)}";
}

/// <summary>Copies an archive to another store and checks it there.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class CopyService(SafeDbEngine engine)
{
    private const int Chunk = 4 << 20;

    /// <summary>Says what a copy would do.</summary>
    public CopyPlan Plan(string backup, string destination, bool rewrap) =>
        new(ArchiveLocation.Shown(backup), engine.Stores.Open(destination).Display, engine.Stores.Locate(backup).Name, rewrap);

    /// <summary>
    /// Copies. The copy becomes visible when it is whole, and is read back against its checksums; one that does not pass is removed again. What is there already, byte for byte, is left as it is;
    /// another file of that name is refused.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="destination">Where the copy goes, with the protection that it gives.</param>
    /// <param name="keys">What opens the archive; needed only for other recipients.</param>
    /// <param name="recipients">The copy's recipients, or null to keep them.</param>
    /// <param name="observer">Where it reports.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<BackupInfo> ExecuteAsync(
        CopyPlan plan, ResolvedDestination destination, ArchiveKeys? keys, ArchiveSecrets? recipients, IOperationObserver observer, CancellationToken cancellationToken)
    {
        (IArchiveStore source, string name) = engine.Stores.Locate(plan.Backup);
        IArchiveStore target = engine.Stores.Open(destination.Address);
        IArchiveFile file = await source.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            if (recipients is null && await ExistingCopy.IsThereAsync(target, name, file, observer, cancellationToken).ConfigureAwait(false))
            {
                return await SkipAsync(source, target, destination.Address, name, keys, observer, cancellationToken).ConfigureAwait(false);
            }

            IArchiveUpload upload = await target.CreateAsync(name, cancellationToken).ConfigureAwait(false);
            await using (upload.ConfigureAwait(false))
            {
                if (destination.Settings?.Protection?.At(engine.Clock.GetUtcNow()) is { } protection)
                {
                    upload.Protect(protection);
                }

                if (recipients is not null && keys is not null)
                {
                    await ArchiveRewrapper.CopyAsync(file, keys, recipients, upload.Stream, cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    await CopyBytesAsync(file, upload.Stream, name, observer, cancellationToken).ConfigureAwait(false);
                }

                await upload.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        await CheckAsync(target, name, observer, cancellationToken).ConfigureAwait(false);
        if (recipients is null)
        {
            await CopyEvidenceAsync(source, target, name, cancellationToken).ConfigureAwait(false);
        }

        // Other recipients: what opened the archive does not open the copy, whose header says all the same that it is sealed and for whom.
        return await DescribeAsync(destination.Address, name, recipients is null ? keys : null, "copied and checked", cancellationToken).ConfigureAwait(false);
    }

    // Evidence of a drill that came after the first copy goes along; what stands there already stays.
    private async Task<BackupInfo> SkipAsync(
        IArchiveStore source, IArchiveStore target, string destination, string name, ArchiveKeys? keys, IOperationObserver observer, CancellationToken cancellationToken)
    {
        if (await ExistingCopy.OpenAsync(target, name + StoreNames.VerifiedSuffix, cancellationToken).ConfigureAwait(false) is { } evidence)
        {
            await evidence.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            await CopyEvidenceAsync(source, target, name, cancellationToken).ConfigureAwait(false);
        }

        observer.OnMessage(MessageLevel.Information, $"{name} is in {target.Display} already, byte for byte; nothing was copied.");
        return await DescribeAsync(destination, name, keys, "was there already, identical", cancellationToken).ConfigureAwait(false);
    }

    private static async Task CopyBytesAsync(IArchiveFile file, Stream output, string name, IOperationObserver observer, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            for (long offset = 0; offset < file.Length;)
            {
                int count = (int)Math.Min(Chunk, file.Length - offset);
                await file.ReadAsync(offset, buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                await output.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                offset += count;
                observer.OnProgress(new ProgressReport($"Copy {name}", "Copying", offset, file.Length, "bytes") { Completed = offset == file.Length });
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task CheckAsync(IArchiveStore target, string name, IOperationObserver observer, CancellationToken cancellationToken)
    {
        try
        {
            IArchiveFile copy = await target.OpenAsync(name, cancellationToken).ConfigureAwait(false);
            await using (copy.ConfigureAwait(false))
            {
                using ArchiveReader reader = await ArchiveReader.OpenAsync(copy, keys: null, cancellationToken).ConfigureAwait(false);
                await reader.VerifyChecksumsAsync(observer, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Errors.SafeDbException problem) when (problem.Error.Kind == Errors.ErrorKind.Corrupt)
        {
            await target.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    // The records name the archive and are authenticated under its key, which a plain copy shares: the drill that was passed counts for the copy too.
    private static async Task CopyEvidenceAsync(IArchiveStore source, IArchiveStore target, string name, CancellationToken cancellationToken)
    {
        string sidecar = name + StoreNames.VerifiedSuffix;
        if (await ExistingCopy.OpenAsync(source, sidecar, cancellationToken).ConfigureAwait(false) is not { } evidence)
        {
            return;
        }

        await using (evidence.ConfigureAwait(false))
        {
            byte[] content = new byte[evidence.Length];
            await evidence.ReadAsync(0, content, cancellationToken).ConfigureAwait(false);
            await target.WriteSidecarAsync(sidecar, content, expectedTag: null, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BackupInfo> DescribeAsync(string destination, string name, ArchiveKeys? keys, string reason, CancellationToken cancellationToken)
    {
        var query = new CatalogueQuery(destination) { Name = name, Authenticate = keys is { IsEmpty: false } };
        await foreach (BackupInfo backup in new BackupCatalogue(engine).ListAsync(query, keys, cancellationToken).ConfigureAwait(false))
        {
            return backup with { Reason = reason };
        }

        throw StoreErrors.NotFound.Exception(name);
    }
}
