using SafeDb.Errors;

namespace SafeDb.Configuration;

/// <summary>Errors of <c>safedb.json</c>.</summary>
public static class ConfigurationErrors
{
    /// <summary>The file that was asked for does not exist.</summary>
    public static readonly ErrorDefinition NotFound = new(
        "Config.NotFound", ErrorKind.NotFound, "The configuration file {0} does not exist.", "Check -ConfigPath, or leave it out to use safedb.json of the current folder or a folder above it.");

    /// <summary>The file is not valid.</summary>
    public static readonly ErrorDefinition Invalid = new(
        "Config.Invalid", ErrorKind.InvalidContent, "{0} is not a valid configuration: {1}", "Correct the file; docs/safedb.schema.json describes it and lets an editor check it.");

    /// <summary>A name in the file leads nowhere.</summary>
    public static readonly ErrorDefinition UnknownName = new(
        "Config.UnknownName", ErrorKind.InvalidInput, "The configuration has no {0} named {1}. It has: {2}.", "Use one of those names, or add it to safedb.json.");

    /// <summary>An environment variable that a value needs is not set.</summary>
    public static readonly ErrorDefinition EnvironmentMissing = new(
        "Config.EnvironmentMissing", ErrorKind.InvalidContent, "The environment variable {0}, which {1} refers to, is not set.", "Set it in the environment that runs SafeDb.");

    /// <summary>A recipient does not say exactly one thing.</summary>
    public static readonly ErrorDefinition RecipientAmbiguous = new(
        "Config.RecipientAmbiguous", ErrorKind.InvalidContent, "The recipient {0} must have exactly one of certificate, passphrase and key.", "Make one recipient of each; an archive can have several.");
}
