using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Configuration;

namespace SafeDb.Cli.Hosting;

/// <summary>What the backup under a migration needs, with the secrets that it holds until the run is over.</summary>
internal sealed class SafetyNetParts : IDisposable
{
    private readonly ResolvedDestination _destination;
    private readonly ArchiveSecrets _secrets;
    private readonly ArchiveKeys? _keys;

    private SafetyNetParts(ResolvedDestination destination, ArchiveSecrets secrets, ArchiveKeys? keys)
    {
        _destination = destination;
        _secrets = secrets;
        _keys = keys;
    }

    /// <summary>Whether there is a place for a backup: what a plan needs to know, without opening any secret.</summary>
    public static bool IsPossible(ResolvedDatabase database, string? destination) => destination is not null || database.Settings?.Destination is not null;

    /// <summary>Null when no destination is known: the run's own gate then says that no backup can be had.</summary>
    public static SafetyNetParts? Create(VerbSession session, ResolvedDatabase database, string? destination, ArchiveAccessRequest access)
    {
        if (!IsPossible(database, destination))
        {
            return null;
        }

        ResolvedDestination place = session.Destination(destination, database);
        return new SafetyNetParts(place, session.Access.ForWriting(access, place.Settings), session.Access.ForReading(access with { Unencrypted = false }));
    }

    public BackupSafetyNet Build(VerbSession session, ResolvedDatabase database, string? backup, DatabaseAddress? scratch) =>
        new(session.Engine, new SafetyNetSettings(database, _destination.Address, _secrets, _keys) { Backup = backup, Scratch = scratch, Protection = _destination.Settings?.Protection }, session.Observer);

    public void Dispose()
    {
        _secrets.Dispose();
        _keys?.Dispose();
    }
}
