using System.Management.Automation;

using SafeDb.Errors;

namespace SafeDb.PowerShell.Hosting;

/// <summary>Turns failures into error records: stable id, fitting category, the user's object as the target, and what to do.</summary>
internal static class ErrorRecordFactory
{
    /// <summary>The record of a failure.</summary>
    /// <param name="problem">What was thrown; anything but a <see cref="SafeDbException"/> is a defect of SafeDb and says so.</param>
    /// <param name="target">The user's object.</param>
    public static ErrorRecord Create(Exception problem, object? target)
    {
        SafeDbException known = problem switch
        {
            SafeDbException ours => ours,

            // What ShouldProcess throws under -NonInteractive.
            PSInvalidOperationException => HostErrors.NobodyToAsk.Caused(problem),
            _ => GeneralErrors.Bug.Caused(problem, $"{problem.GetType().Name}: {problem.Message}"),
        };
        SafeDbError error = known.Error;
        string message = error.Location is { } location ? $"{location}: {error.Message}" : error.Message;
        return new ErrorRecord(known, error.Id, CategoryOf(error.Kind), error.Target ?? target)
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = error.RecommendedAction },
        };
    }

    /// <summary>The one place that maps kinds to categories.</summary>
    internal static ErrorCategory CategoryOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidInput => ErrorCategory.InvalidArgument,
        ErrorKind.InvalidContent => ErrorCategory.InvalidData,
        ErrorKind.NotFound => ErrorCategory.ObjectNotFound,
        ErrorKind.Conflict => ErrorCategory.ResourceExists,
        ErrorKind.Locked => ErrorCategory.ResourceBusy,
        ErrorKind.Unauthorized => ErrorCategory.PermissionDenied,
        ErrorKind.Connection => ErrorCategory.ConnectionError,
        ErrorKind.Timeout => ErrorCategory.OperationTimeout,
        ErrorKind.Syntax => ErrorCategory.ParserError,
        ErrorKind.Corrupt => ErrorCategory.InvalidData,
        ErrorKind.GateClosed => ErrorCategory.SecurityError,
        ErrorKind.Storage => ErrorCategory.WriteError,
        ErrorKind.Unsupported => ErrorCategory.NotImplemented,
        ErrorKind.Verification => ErrorCategory.InvalidResult,
        ErrorKind.RolledBack => ErrorCategory.InvalidOperation,
        ErrorKind.NeedsPerson => ErrorCategory.InvalidResult,
        ErrorKind.Cancelled => ErrorCategory.OperationStopped,
        _ => ErrorCategory.NotSpecified,
    };
}

/// <summary>Errors of the session that the cmdlets run in.</summary>
public static class HostErrors
{
    /// <summary>Nobody can be asked.</summary>
    public static readonly ErrorDefinition NobodyToAsk = new(
        "Host.NobodyToAsk", ErrorKind.InvalidInput, "This needs a confirmation, and the session cannot ask.", "Add -Confirm:$false once you are sure.");
}
