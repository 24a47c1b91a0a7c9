using SafeDb.Errors;

namespace SafeDb.Cli.Hosting;

/// <summary>Errors of the demonstration.</summary>
public static class DemoErrors
{
    /// <summary>A database is there.</summary>
    public static readonly ErrorDefinition FileExists = new(
        "Demo.FileExists", ErrorKind.Conflict, "The file {0} exists already.", "Name a file that does not exist, or remove it.");

    /// <summary>Somebody's folder is there.</summary>
    public static readonly ErrorDefinition FolderInUse = new(
        "Demo.FolderInUse", ErrorKind.Conflict, "The folder {0} exists and was not made by 'safedb demo'.", "Name another with --folder, or remove it.");

    /// <summary>A step did not end as it should.</summary>
    public static readonly ErrorDefinition StepFailed = new(
        "Demo.StepFailed", ErrorKind.Bug, "The step 'safedb {0}' ended with exit code {1} instead of {2}.", "Report it with the output above.");
}
