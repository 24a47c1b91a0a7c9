using System.Globalization;

using Azure;
using Azure.Identity;

using SafeDb.Errors;
using SafeDb.Stores;

namespace SafeDb.AzureStorage;

/// <summary>Turns what the SDK throws into SafeDb's errors. The SDK's own messages are not passed on: they list request headers.</summary>
internal static class BlobErrorTranslator
{
    private static readonly TimeSpan ToleratedSkew = TimeSpan.FromMinutes(14);

    /// <summary>Runs an operation on <paramref name="target"/> and translates its failures.</summary>
    public static async Task<T> RunAsync<T>(string target, TimeProvider clock, CancellationToken cancellationToken, Func<Task<T>> operation)
    {
        try
        {
            return await operation().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is not (SafeDbException or OperationCanceledException) || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw Translate(problem, target, clock);
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(string target, TimeProvider clock, CancellationToken cancellationToken, Func<Task> operation) =>
        RunAsync(target, clock, cancellationToken, async () =>
        {
            await operation().ConfigureAwait(false);
            return 0;
        });

    private static SafeDbException Translate(Exception problem, string target, TimeProvider clock) => problem switch
    {
        RequestFailedException failure => Translate(failure, target, clock),
        CredentialUnavailableException => BlobErrors.NoCredential.Caused(problem, target),
        AuthenticationFailedException => BlobErrors.Refused.Caused(problem, target, "the identity could not sign in"),
        AggregateException { InnerException: RequestFailedException failure } => Translate(failure, target, clock),
        _ => BlobErrors.Unavailable.Caused(problem, target, problem.GetType().Name),
    };

    private static SafeDbException Translate(RequestFailedException failure, string target, TimeProvider clock) => (failure.Status, failure.ErrorCode) switch
    {
        (404, "ContainerNotFound" or "ContainerBeingDeleted") => BlobErrors.ContainerMissing.Caused(failure, target),
        (404, _) => StoreErrors.NotFound.Caused(failure, target),
        (409, "BlobAlreadyExists") or (412, "ConditionNotMet") => StoreErrors.AlreadyExists.Caused(failure, target),
        (409 or 412, "LeaseAlreadyPresent" or "LeaseIdMissing" or "LeaseIdMismatchWithBlobOperation" or "LeaseLost") => BlobErrors.Leased.Caused(failure, target),
        (409, "BlobArchived" or "BlobBeingRehydrated") => BlobErrors.Archived.Caused(failure, target),
        (409, "BlobImmutableDueToPolicy" or "BlobImmutableDueToLegalHold") => BlobErrors.Held.Caused(failure, target),
        (401 or 403, _) => Refusal(failure, target, clock),
        (0 or 408 or 429 or >= 500, _) => BlobErrors.Unavailable.Caused(failure, target, failure.ErrorCode ?? failure.Status.ToString(CultureInfo.InvariantCulture)),
        _ => BlobErrors.Failed.Caused(failure, target, failure.Status, failure.ErrorCode ?? "no code"),
    };

    private static SafeDbException Refusal(RequestFailedException failure, string target, TimeProvider clock)
    {
        if (failure.GetRawResponse()?.Headers.Date is { } serverTime && (clock.GetUtcNow() - serverTime).Duration() is var skew && skew > ToleratedSkew)
        {
            return BlobErrors.ClockSkew.Caused(failure, $"{skew.TotalMinutes.ToString("0", CultureInfo.InvariantCulture)} minutes");
        }

        // The service says so only in the text of the detail element.
        bool time = failure.Message.Contains("Signature not valid in the specified time frame", StringComparison.OrdinalIgnoreCase)
            || failure.Message.Contains("SignedExpiry", StringComparison.OrdinalIgnoreCase) || failure.Message.Contains("se=", StringComparison.Ordinal);
        string code = failure.ErrorCode ?? failure.Status.ToString(CultureInfo.InvariantCulture);
        return time ? BlobErrors.TokenExpired.Caused(failure, target, code) : BlobErrors.Refused.Caused(failure, target, code);
    }
}
