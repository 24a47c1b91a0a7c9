using SafeDb.Addresses;
using SafeDb.Archive;

namespace SafeDb.Verification;

/// <summary>What a caller wants verified.</summary>
/// <param name="Backup">Location of the archive.</param>
/// <param name="Level">How deep.</param>
public sealed record VerificationCommand(string Backup, VerificationLevel Level)
{
    /// <summary>The server or folder where the scratch copy may be made.</summary>
    public DatabaseAddress? Scratch { get; init; }

    /// <summary>The database that the archive is of, for naming and as the default place of the scratch copy.</summary>
    public DatabaseAddress? Database { get; init; }

    /// <summary>Things done at the same time.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Whether owners and privileges are left out, for a scratch server without the roles.</summary>
    public bool NoOwner { get; init; }

    /// <inheritdoc cref="NoOwner"/>
    public bool NoPrivileges { get; init; }
}

/// <summary>A restored copy that was proved equal to its archive, for as long as the callback that gets it runs.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Manifest">The archive's manifest.</param>
/// <param name="Verification">The proof.</param>
public sealed record ProvedCopy(DatabaseAddress Address, ArchiveManifest Manifest, BackupVerification Verification);
