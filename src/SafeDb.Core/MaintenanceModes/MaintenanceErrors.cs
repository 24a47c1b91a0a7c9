using SafeDb.Errors;

namespace SafeDb.MaintenanceModes;

/// <summary>Errors of maintenance mode.</summary>
public static class MaintenanceErrors
{
    /// <summary>The engine has none.</summary>
    public static readonly ErrorDefinition NotSupported = new(
        "Maintenance.NotSupported", ErrorKind.Unsupported, "SafeDb has no maintenance mode for {0}.", "Stop the application by its own means, or tell it in a hook of the configuration.");

    /// <summary>The mark of maintenance cannot be read or written.</summary>
    public static readonly ErrorDefinition MarkUnusable = new(
        "Maintenance.MarkUnusable", ErrorKind.Storage, "The mark of maintenance {0} cannot be used: {1}", "Look at the file; a file that SafeDb did not write is never changed by it.");

    /// <summary>Somebody keeps a session open that cannot be ended.</summary>
    public static readonly ErrorDefinition SessionsLeft = new(
        "Maintenance.SessionsLeft", ErrorKind.GateClosed, "Maintenance is on, but sessions of others could not be ended: {0}", "End them as a user who may, or take maintenance off again; the run stopped before anything changed.");
}
