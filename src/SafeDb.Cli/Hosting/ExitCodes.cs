using SafeDb.Errors;

namespace SafeDb.Cli.Hosting;

/// <summary>The exit codes of <c>safedb</c>. Anything else means a failure too.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed; nothing was changed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by a gate of the policy.</summary>
    public const int Gate = 3;

    /// <summary>Failed and taken back.</summary>
    public const int RolledBack = 4;

    /// <summary>Failed, and a person must look.</summary>
    public const int NeedsPerson = 5;

    /// <summary>Interrupted, after the clean-up.</summary>
    public const int Interrupted = 130;

    /// <summary>The one place that maps kinds of errors to exit codes.</summary>
    public static int Of(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidInput => Usage,
        ErrorKind.GateClosed => Gate,
        ErrorKind.RolledBack => RolledBack,
        ErrorKind.NeedsPerson => NeedsPerson,
        ErrorKind.Cancelled => Interrupted,
        _ => Failed,
    };
}
