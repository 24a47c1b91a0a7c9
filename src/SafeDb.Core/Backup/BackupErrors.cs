using SafeDb.Errors;

namespace SafeDb.Backup;

/// <summary>Errors of taking a backup.</summary>
public static class BackupErrors
{
    /// <summary>The policy wants encryption and no recipient was given.</summary>
    public static readonly ErrorDefinition NoRecipient = new(
        "Backup.NoRecipient", ErrorKind.InvalidInput, "No recipient was given, so nobody could be the only one to open the backup.",
        "Give -Passphrase, -Key or -Recipient (or recipients of the destination in safedb.json), or say -Unencrypted if you accept a readable file.");

    /// <summary>An unencrypted backup where the policy forbids it.</summary>
    public static readonly ErrorDefinition EncryptionRequired = new(
        "Backup.EncryptionRequired", ErrorKind.GateClosed, "The policy of this environment requires encrypted backups.",
        "Give a recipient, or set requireEncryption to false in the environment's policy.");

    /// <summary>Something in the database cannot be covered.</summary>
    public static readonly ErrorDefinition NotCovered = new(
        "Backup.NotCovered", ErrorKind.Unsupported, "The backup would not be complete. Not covered: {0}.",
        "Remove what is listed, or accept a partial backup with -AllowPartial; the manifest then says what is missing.");

    /// <summary>Filters that leave no table.</summary>
    public static readonly ErrorDefinition NothingLeft = new(
        "Backup.NothingLeft", ErrorKind.InvalidInput, "The filters leave no table whose rows could be taken: {0}.",
        "Correct the filters: an exclusion takes away again what an inclusion names, and foreign tables have no rows here. For the definitions alone say -SchemaOnly.");

    /// <summary>A scope that asks for nothing or for contradictory things.</summary>
    public static readonly ErrorDefinition ScopeContradictory = new(
        "Backup.ScopeContradictory", ErrorKind.InvalidInput, "-SchemaOnly and -DataOnly exclude each other.", "Give one of them, or neither.");

    /// <summary>A listing in which nothing could be read.</summary>
    public static readonly ErrorDefinition NoneReadable = new(
        "Backup.NoneReadable", ErrorKind.Corrupt, "Not one of the archives in {0} could be read: {1}, such as {2} ({3}).",
        "Give the key that opens them; look at damaged ones with Test-SafeDbBackup, and restore from a copy at another destination.");

    /// <summary>No destination.</summary>
    public static readonly ErrorDefinition NoDestination = new(
        "Backup.NoDestination", ErrorKind.InvalidInput, "No destination was given for the backup.",
        "Give -Destination, or name a destination for the database in safedb.json.");
}
