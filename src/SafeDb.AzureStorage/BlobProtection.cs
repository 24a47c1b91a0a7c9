using System.Globalization;

using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

using SafeDb.Stores;

namespace SafeDb.AzureStorage;

/// <summary>Immutability policies and legal holds. They are set by the commit itself, so that there is no moment in which an archive is visible and unprotected.</summary>
internal static class BlobProtection
{
    // The service keeps whole seconds.
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    /// <summary>The policy to send; null for none.</summary>
    public static BlobImmutabilityPolicy? Policy(ArchiveProtection? protection) => protection?.ImmutableUntil is { } until
        ? new BlobImmutabilityPolicy { ExpiresOn = until, PolicyMode = protection.Locked ? BlobImmutabilityPolicyMode.Locked : BlobImmutabilityPolicyMode.Unlocked }
        : null;

    /// <summary>What forbids the removal of a blob now; null for nothing.</summary>
    public static string? HeldBy(bool hasLegalHold, BlobImmutabilityPolicy? policy, DateTimeOffset now)
    {
        bool immutable = policy?.ExpiresOn > now;
        string until = immutable ? $"immutable until {policy!.ExpiresOn!.Value.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}" : string.Empty;
        return (hasLegalHold, immutable) switch { (true, true) => $"legal hold, {until}", (true, false) => "legal hold", (false, true) => until, _ => null };
    }

    /// <summary>Looks whether the blob is protected as asked: an account that does not know the headers passes them over without a word.</summary>
    public static Task RequireAsync(BlockBlobClient blob, ArchiveProtection protection, string target, TimeProvider clock, CancellationToken cancellationToken) =>
        BlobErrorTranslator.RunAsync(target, clock, cancellationToken, async () =>
        {
            BlobProperties found = (await blob.GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
            bool held = !protection.LegalHold || found.HasLegalHold;
            bool immutable = protection.ImmutableUntil is not { } until || found.ImmutabilityPolicy?.ExpiresOn >= until - Rounding;
            if (!held || !immutable)
            {
                throw BlobErrors.NotProtected.Exception(target);
            }
        });
}
