using SafeDb.Errors;

namespace SafeDb.Archive;

/// <summary>Errors of writing, opening and reading archives.</summary>
public static class ArchiveErrors
{
    private const string TakeAnother = "Do not restore from it. Take another copy of this archive or another backup, and find out what changed the file.";

    /// <summary>The file does not look like an archive at all.</summary>
    public static readonly ErrorDefinition NotAnArchive = new(
        "Archive.NotAnArchive", ErrorKind.InvalidContent, "The file is not a SafeDb archive: {0}.", "Give a file that Backup-SafeDb wrote; its name ends in .safedb. If it is one, it is damaged: take another copy of it.");

    /// <summary>The archive's end is missing.</summary>
    public static readonly ErrorDefinition Incomplete = new(
        "Archive.Incomplete", ErrorKind.Corrupt, "The archive's end is missing: {0}. It was cut off or changed there, or the backup that wrote it never finished.",
        "Copy the archive again from where it was written, or take another backup.");

    /// <summary>The archive's structure is not the one that its writer made.</summary>
    public static readonly ErrorDefinition Damaged = new("Archive.Damaged", ErrorKind.Corrupt, "The archive is damaged at {0}: {1}.", TakeAnother);

    /// <summary>Bytes of an entry are not the bytes that were written.</summary>
    public static readonly ErrorDefinition ChecksumMismatch = new(
        "Archive.ChecksumMismatch", ErrorKind.Corrupt, "The bytes of '{0}' in the archive are not those that were written.", TakeAnother);

    /// <summary>The archive was altered by somebody without its key.</summary>
    public static readonly ErrorDefinition NotAuthentic = new(
        "Archive.NotAuthentic", ErrorKind.Corrupt, "The archive's {0} was not written by a holder of its key: the archive was altered or put together from others.", TakeAnother);

    /// <summary>A part does not decrypt or decompress to what the manifest says.</summary>
    public static readonly ErrorDefinition PartDamaged = new("Archive.PartDamaged", ErrorKind.Corrupt, "The entry '{0}' of the archive cannot be read: {1}.", TakeAnother);

    /// <summary>The archive is of a later version.</summary>
    public static readonly ErrorDefinition UnsupportedVersion = new(
        "Archive.UnsupportedVersion", ErrorKind.Unsupported, "The archive has format version {0}; this SafeDb reads version {1}.", "Update SafeDb, or use the version that wrote the archive.");

    /// <summary>The archive uses something that this version lacks.</summary>
    public static readonly ErrorDefinition UnsupportedFeature = new(
        "Archive.UnsupportedFeature", ErrorKind.Unsupported, "The archive uses {0}, which this version of SafeDb does not know.", "Update SafeDb, or use the version that wrote the archive.");

    /// <summary>The archive is encrypted and no key was given.</summary>
    public static readonly ErrorDefinition KeyRequired = new(
        "Archive.KeyRequired", ErrorKind.Unauthorized, "The archive is encrypted for: {0}. No key was given.",
        "Give -Passphrase, -Key, or a certificate with its private key, whichever the archive was made for.");

    /// <summary>None of the keys given fits.</summary>
    public static readonly ErrorDefinition WrongKey = new(
        "Archive.WrongKey", ErrorKind.Unauthorized, "None of the keys given opens the archive; it is encrypted for: {0}.",
        "Check the passphrase, key or certificate. Archives of different days may have been made with different ones.");

    /// <summary>A key was given for an archive that has none.</summary>
    public static readonly ErrorDefinition NotEncrypted = new(
        "Archive.NotEncrypted", ErrorKind.Unauthorized, "A key was given, but the archive is not encrypted: nothing proves who wrote it.",
        "If an unencrypted archive is what you expect here, leave the key out. If not, treat the file as foreign.");

    /// <summary>A key or passphrase is unusable.</summary>
    public static readonly ErrorDefinition KeyInvalid = new(
        "Archive.KeyInvalid", ErrorKind.InvalidInput, "The key cannot be used: {0}.", "Give 32 random bytes as a key, or a passphrase that is not empty.");

    /// <summary>A certificate is unusable.</summary>
    public static readonly ErrorDefinition CertificateInvalid = new(
        "Archive.CertificateInvalid", ErrorKind.InvalidContent, "The certificate {0} cannot be used: {1}.",
        "Give an X.509 certificate with an RSA key of at least 2048 bits; to open an archive it needs its private key.");

    /// <summary>No recipient was named.</summary>
    public static readonly ErrorDefinition RecipientMissing = new(
        "Archive.RecipientMissing", ErrorKind.InvalidInput, "Nobody could open the archive: neither a passphrase, a key nor a recipient was given.",
        "Give -Passphrase, -Key or -Recipient, or say -Unencrypted when the archive may be read by everyone who reaches it.");

    /// <summary>There are more recipients than a reader accepts.</summary>
    public static readonly ErrorDefinition TooManyRecipients = new(
        "Archive.TooManyRecipients", ErrorKind.InvalidInput, "An archive takes at most {0} recipients, {1} of them passphrases.", "Name fewer recipients.");

    /// <summary>There are more parts than an archive can hold.</summary>
    public static readonly ErrorDefinition TooManyParts = new(
        "Archive.TooManyParts", ErrorKind.InvalidContent, "The backup needs more than {0} parts.", "Use larger parts, or back up the schemas one by one.");

    /// <summary>Part of the archive could not be written, so that it must not be finished.</summary>
    public static readonly ErrorDefinition WriteFailed = new(
        "Archive.WriteFailed", ErrorKind.Storage, "The archive cannot be finished: {0}.", "Look at the first error of this run; nothing was left at the destination. Start the backup again.");

    /// <summary>The destination did not take the bytes.</summary>
    public static readonly ErrorDefinition OutputFailed = new(
        "Archive.OutputFailed", ErrorKind.Storage, "The destination did not take the archive's bytes: {0}", "Check the destination's space and connection, then start the backup again.", IsTransient: true);

    /// <summary>New recipients cannot be given to an unencrypted archive by copying.</summary>
    public static readonly ErrorDefinition RewrapNeedsEncryption = new(
        "Archive.RewrapNeedsEncryption", ErrorKind.InvalidInput, "Recipients can only be changed from encrypted to encrypted, because the data is copied as it is.",
        "Take a new backup with the recipients wanted.");

    /// <summary>The record of verifications beside an archive is unreadable.</summary>
    public static readonly ErrorDefinition EvidenceDamaged = new(
        "Archive.EvidenceDamaged", ErrorKind.Corrupt, "The verification record '{0}' is damaged: {1}.", "Move the file away, keep it for inquiry, and verify the archive again.");
}
