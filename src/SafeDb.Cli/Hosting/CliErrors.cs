using SafeDb.Errors;

namespace SafeDb.Cli.Hosting;

/// <summary>Errors of the command line itself.</summary>
public static class CliErrors
{
    /// <summary>Nobody could be asked.</summary>
    public static readonly ErrorDefinition ConfirmationNeeded = new(
        "Cli.ConfirmationNeeded", ErrorKind.InvalidInput, "This changes a database, and nobody is there to confirm it: {0}.", "Run it again with --yes once you are sure, or at a terminal.");

    /// <summary>The user said no.</summary>
    public static readonly ErrorDefinition Declined = new(
        "Cli.Declined", ErrorKind.GateClosed, "It was not confirmed, so nothing was done.", "Run it again and answer yes, or add --yes.");

    /// <summary>A secret's variable is not set.</summary>
    public static readonly ErrorDefinition SecretVariableMissing = new(
        "Cli.SecretVariableMissing", ErrorKind.InvalidInput, "The environment variable {0}, named by {1}, is not set or is empty.", "Set it in the environment that runs safedb.");

    /// <summary>A secret's file cannot be read.</summary>
    public static readonly ErrorDefinition SecretFileUnreadable = new(
        "Cli.SecretFileUnreadable", ErrorKind.InvalidInput, "The file {0}, named by {1}, cannot be read: {2}", "Check that it exists and that this user may read it.");

    /// <summary>A secret's file is empty.</summary>
    public static readonly ErrorDefinition SecretFileEmpty = new(
        "Cli.SecretFileEmpty", ErrorKind.InvalidInput, "The file {0}, named by {1}, is empty.", "Write the secret into it, in UTF-8; one line break at its end is ignored.");

    /// <summary>Two ways to give one secret.</summary>
    public static readonly ErrorDefinition SecretTwice = new(
        "Cli.SecretTwice", ErrorKind.InvalidInput, "{0} and {1} give the same secret twice.", "Give one of them.");

    /// <summary>Words that the command line does not know.</summary>
    public static readonly ErrorDefinition Usage = new(
        "Cli.Usage", ErrorKind.InvalidInput, "{0}", "Run 'safedb --help', or 'safedb <command> --help'.");
}
