using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Stores;

namespace SafeDb.Verification;

/// <summary>Says what a verification would do: opens the archive, reads its manifest unless only checksums are asked for, and makes nothing, neither a scratch copy nor evidence.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class VerificationForecast(SafeDbEngine engine)
{
    /// <summary>Looks. Fails as the verification would where the archive cannot be opened, the key is missing or wrong, or there is no place for the scratch copy.</summary>
    /// <param name="command">What would be verified.</param>
    /// <param name="keys">The keys; null only at level <see cref="VerificationLevel.Checksum"/> or for an unencrypted archive.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The plan, for a person.</returns>
    public async Task<string> ForeseeAsync(VerificationCommand command, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        (IArchiveStore store, string name) = engine.Stores.Locate(command.Backup);
        IArchiveFile file = await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            using ArchiveReader reader = await ArchiveReader.OpenAsync(file, keys, cancellationToken).ConfigureAwait(false);
            string plan = $"Verify {ArchiveLocation.Shown(command.Backup)} at level {command.Level}: check every stored byte";
            if (command.Level == VerificationLevel.Checksum)
            {
                return plan;
            }

            ArchiveManifest manifest = await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
            DatabaseAddress scratch = new ScratchPlace(engine).Of(command, manifest);
            (string what, string compare) = command.Level == VerificationLevel.Schema ? ("its definitions", "compare them") : ("it", "compare every row");
            return $"{plan}, restore {what} into a scratch database beside {scratch.Display}, {compare}, remove the scratch database and write the evidence beside the archive";
        }
    }
}
