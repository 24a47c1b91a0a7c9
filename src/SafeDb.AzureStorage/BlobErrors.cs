using SafeDb.Errors;

namespace SafeDb.AzureStorage;

/// <summary>Errors of Azure Blob Storage. Messages hold account and container, never a key or token.</summary>
public static class BlobErrors
{
    /// <summary>Plain HTTP to a real account.</summary>
    public static readonly ErrorDefinition PlainHttp = new(
        "Blob.PlainHttp", ErrorKind.InvalidInput, "A blob destination must be reached over https.", "Write https:// instead of http://.");

    /// <summary>A connection string that cannot be used.</summary>
    public static readonly ErrorDefinition ConnectionString = new(
        "Blob.ConnectionString", ErrorKind.InvalidInput, "The storage connection string cannot be used: {0}", "Copy it again from the account's access keys, and add ;Container=name (and ;Prefix=path).");

    /// <summary>The container is missing.</summary>
    public static readonly ErrorDefinition ContainerMissing = new(
        "Blob.ContainerMissing", ErrorKind.NotFound, "The container of {0} does not exist.", "Create it (az storage container create), or correct the destination.");

    /// <summary>The credential is refused.</summary>
    public static readonly ErrorDefinition Refused = new(
        "Blob.Refused", ErrorKind.Unauthorized, "{0} refused the credential: {1}",
        "Check the token's permissions (read, create, write, list; delete only for pruning) or the identity's role Storage Blob Data Contributor.");

    /// <summary>The token has expired or is not valid yet.</summary>
    public static readonly ErrorDefinition TokenExpired = new(
        "Blob.TokenExpired", ErrorKind.Unauthorized, "The SAS token for {0} has expired or is not valid yet: {1}", "Make a new token; give it a start time some minutes in the past.");

    /// <summary>This machine's clock is off.</summary>
    public static readonly ErrorDefinition ClockSkew = new(
        "Blob.ClockSkew", ErrorKind.Unauthorized, "This machine's clock differs from the storage service's by {0}.", "Set the clock (NTP); signed requests are refused when it is off by more than 15 minutes.");

    /// <summary>Nobody to sign in as.</summary>
    public static readonly ErrorDefinition NoCredential = new(
        "Blob.NoCredential", ErrorKind.Unauthorized, "No credential for {0} was found.",
        "Give a SAS in the destination, set AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_SAS_TOKEN, or run where a managed identity (or az login) is available.");

    /// <summary>A blob is leased.</summary>
    public static readonly ErrorDefinition Leased = new(
        "Blob.Leased", ErrorKind.Locked, "{0} is in use: it is being read or removed by somebody else (a lease).", "Try again when the other run has ended; a lease of a run that died ends after a minute.", IsTransient: true);

    /// <summary>A blob is protected.</summary>
    public static readonly ErrorDefinition Held = new(
        "Blob.Held", ErrorKind.Conflict, "{0} is protected by a legal hold or an immutability policy.", "Wait until the policy ends, or have the hold cleared by who set it.");

    /// <summary>A container that does not protect.</summary>
    public static readonly ErrorDefinition NotProtected = new(
        "Blob.NotProtected", ErrorKind.Verification, "{0} was written, but the account did not take the immutability policy or legal hold that the destination asks for.",
        "Enable version-level immutability for the container (az storage container create --enable-vlw), or take protection out of the destination in safedb.json. The archive itself is whole.");

    /// <summary>A blob in the archive tier.</summary>
    public static readonly ErrorDefinition Archived = new(
        "Blob.Archived", ErrorKind.Storage, "{0} lies in the archive tier and cannot be read before it is rehydrated.",
        "Rehydrate it (az storage blob set-tier --tier Cool), which takes hours, and take the archive tier out of the account's lifecycle rules for backups.");

    /// <summary>The service keeps failing.</summary>
    public static readonly ErrorDefinition Unavailable = new(
        "Blob.Unavailable", ErrorKind.Connection, "{0} could not be reached or kept failing: {1}", "Check the network and the service's status, then run again: nothing half-done is visible.", IsTransient: true);

    /// <summary>Anything else the service refused.</summary>
    public static readonly ErrorDefinition Failed = new(
        "Blob.Failed", ErrorKind.Storage, "{0} answered {1} ({2}).", "Look the code up in the Blob service's error codes; nothing half-done is visible.");
}
