namespace SafeDb.Errors;

/// <summary>Errors that belong to no single area.</summary>
public static class GeneralErrors
{
    /// <summary>The caller stopped the operation.</summary>
    public static readonly ErrorDefinition Cancelled = new(
        "General.Cancelled", ErrorKind.Cancelled, "The operation was stopped.", "Nothing is needed unless a warning says what is left: what had been begun was taken back. Start it again when ready.");

    /// <summary>A defect of SafeDb.</summary>
    public static readonly ErrorDefinition Bug = new(
        "General.Bug", ErrorKind.Bug, "SafeDb met a state that it should never meet: {0}", "Report it with this message and the evidence file; the database was left as the error says.");
}
