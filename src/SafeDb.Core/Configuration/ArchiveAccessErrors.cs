using SafeDb.Errors;

namespace SafeDb.Configuration;

/// <summary>Errors of saying who can open an archive.</summary>
public static class ArchiveAccessErrors
{
    /// <summary>Encrypted and not encrypted at once.</summary>
    public static readonly ErrorDefinition UnencryptedWithRecipient = new(
        "Recipient.UnencryptedWithRecipient", ErrorKind.InvalidInput, "A backup cannot be unencrypted and sealed for a recipient.", "Leave out -Unencrypted, or the recipient.");

    /// <summary>A thumbprint that no store has.</summary>
    public static readonly ErrorDefinition CertificateNotFound = new(
        "Recipient.CertificateNotFound", ErrorKind.NotFound, "No certificate with the thumbprint {0}{1} is in the personal store of this user or machine.",
        "Import it, or give the path of a PEM or PFX file.");
}
