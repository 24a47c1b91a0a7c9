using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Restore;

namespace SafeDb.Verification;

/// <summary>Where the scratch copy of a drill is made.</summary>
/// <param name="engine">What the use case needs from outside.</param>
internal sealed class ScratchPlace(SafeDbEngine engine)
{
    /// <summary>The server or folder, as a database address; fails when there is none, or it is of another engine than the archive.</summary>
    public DatabaseAddress Of(VerificationCommand command, ArchiveManifest manifest)
    {
        DatabaseAddress scratch = command.Scratch ?? command.Database ?? Default(manifest);
        return scratch.Engine == manifest.Source.Engine ? scratch : throw RestoreErrors.WrongEngine.Exception(manifest.Source.Engine, scratch.Engine);
    }

    // A file needs no server: the temporary folder is always a place for a scratch copy.
    private DatabaseAddress Default(ArchiveManifest manifest) => manifest.Source.Engine == DatabaseEngine.Sqlite
        ? engine.Engines.Parse($"sqlite:{Path.Combine(Path.GetTempPath(), "safedb-scratch.db")}")
        : throw RestoreErrors.NoScratch.Exception(manifest.Source.Engine);
}
