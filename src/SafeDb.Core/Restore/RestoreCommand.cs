using SafeDb.Addresses;
using SafeDb.Configuration;

namespace SafeDb.Restore;

/// <summary>What a caller wants restored.</summary>
/// <param name="Backup">Location of the archive.</param>
/// <param name="Target">The database that shall hold the data.</param>
public sealed record RestoreCommand(string Backup, ResolvedDatabase Target)
{
    /// <summary>Whether an existing database is replaced, by a swap.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Only these tables' rows (wildcards); none means all.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Definitions only.</summary>
    public bool SchemaOnly { get; init; }

    /// <summary>Leave ownership to the restoring user.</summary>
    public bool NoOwner { get; init; }

    /// <summary>Leave out privileges.</summary>
    public bool NoPrivileges { get; init; }

    /// <summary>Where the safety backup of a replaced database goes; by default beside the archive.</summary>
    public string? SafetyDestination { get; init; }

    /// <summary>What keeps the safety backup from being removed or overwritten, as its destination is configured.</summary>
    public ProtectionSettings? SafetyProtection { get; init; }

    /// <summary>
    /// Leave out the safety backup: the caller has just taken and verified one, or the database is too damaged to be backed up. The old database is kept under its dated name all the same.
    /// </summary>
    public bool NoSafetyBackup { get; init; }

    /// <summary>Things done at the same time.</summary>
    public int Jobs { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, 8);
}
