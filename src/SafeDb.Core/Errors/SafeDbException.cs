namespace SafeDb.Errors;

/// <summary>The one exception type that leaves SafeDb. Providers translate their driver's exceptions into it.</summary>
public sealed class SafeDbException : Exception
{
    /// <summary>Creates the exception for an error, with the exception that caused it.</summary>
    public SafeDbException(SafeDbError error, Exception? innerException = null)
        : base(error.Message, innerException) => Error = error;

    /// <summary>The failure as data.</summary>
    public SafeDbError Error { get; }

    /// <summary>The stable id of the failure.</summary>
    public string Id => Error.Id;
}
