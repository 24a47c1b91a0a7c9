using SafeDb.Errors;

namespace SafeDb.Schedules;

/// <summary>Errors of schedules.</summary>
public static class ScheduleErrors
{
    /// <summary>A database that is written out.</summary>
    public static readonly ErrorDefinition NotConfigured = new(
        "Schedule.NotConfigured", ErrorKind.InvalidInput, "A schedule needs a database that safedb.json names; what was given is not one of its names.",
        "Put the database, its destination and its recipients into safedb.json with ${NAME} for secrets, and give the database's name: a schedule's command line can be read by others.");

    /// <summary>A time that is none.</summary>
    public static readonly ErrorDefinition Time = new("Schedule.Time", ErrorKind.InvalidInput, "'{0}' is no time of day.", "Write it as hours and minutes, such as 02:17.");

    /// <summary>Nothing to keep it.</summary>
    public static readonly ErrorDefinition NoScheduler = new(
        "Schedule.NoScheduler", ErrorKind.Unsupported, "{0} is not available on this machine.", "Install cron or use a machine with systemd; or print the definition for AzureAutomation or GitHub.");

    /// <summary>The platform refused.</summary>
    public static readonly ErrorDefinition Refused = new(
        "Schedule.Refused", ErrorKind.Storage, "{0} ended with {1}: {2}", "Check the rights of the account; nothing else was changed.");

    /// <summary>The platform took it and does not show it.</summary>
    public static readonly ErrorDefinition NotKept = new(
        "Schedule.NotKept", ErrorKind.Verification, "{0} took the schedule {1}, but does not show it as it was given.", "Look at it with the platform's own tools; another program may manage this table.");

    /// <summary>No such schedule.</summary>
    public static readonly ErrorDefinition NotFound = new("Schedule.NotFound", ErrorKind.NotFound, "There is no schedule {0} that SafeDb made.", "List them with Get-SafeDbSchedule.");

    /// <summary>A file of secrets that others may read.</summary>
    public static readonly ErrorDefinition EnvironmentFileOpen = new(
        "Schedule.EnvironmentFileOpen", ErrorKind.Unauthorized, "The environment file {0} can be read by others.", "Take the rights away: chmod 600, owned by the account that runs the schedule.");

    /// <summary>A file of secrets that is not there.</summary>
    public static readonly ErrorDefinition EnvironmentFileMissing = new(
        "Schedule.EnvironmentFileMissing", ErrorKind.NotFound, "The environment file {0} does not exist.", "Write the variables that safedb.json names into it, one NAME=value a line, and chmod 600.");

    /// <summary>A platform without environment files.</summary>
    public static readonly ErrorDefinition EnvironmentFileUnsupported = new(
        "Schedule.EnvironmentFileUnsupported", ErrorKind.Unsupported, "{0} cannot load an environment file.", "Set the variables for the account that runs the task, or keep them in the platform's store of secrets.");

    /// <summary>A task that a platform has no definition for.</summary>
    public static readonly ErrorDefinition NotOffered = new(
        "Schedule.NotOffered", ErrorKind.Unsupported, "There is no definition of {0} for {1}.", "Schedule it where the evidence folder is: cron, systemd or the Windows task scheduler.");

    /// <summary>An engine whose databases are not backed up.</summary>
    public static readonly ErrorDefinition EngineNotOffered = new(
        "Schedule.EngineNotOffered", ErrorKind.Unsupported, "Databases of {0} are not backed up by this version, so there is nothing to schedule.", "Use the engine's own backup until then.");

    /// <summary>A definition depends on the engine, which only the address tells.</summary>
    public static readonly ErrorDefinition EngineUnknown = new(
        "Schedule.EngineUnknown", ErrorKind.InvalidInput, "The engine of {0} is not known here: its address refers to variables that are not set ({1}).",
        "Set them for this call; any address of the same engine will do, such as postgresql://db/shop. Nothing of it is printed.");

    /// <summary>A schedule whose runs would miss their variables.</summary>
    public static readonly ErrorDefinition VariablesMissing = new(
        "Schedule.VariablesMissing", ErrorKind.InvalidInput, "The schedule needs variables that {0} does not set, because safedb.json refers to them: {1}.",
        "Write them into a file, one NAME='value' a line, chmod 600, and give it as -EnvironmentFile: no scheduler sets the variables of your session.");

    /// <summary>A character that a table of schedules cannot hold.</summary>
    public static readonly ErrorDefinition Unprintable = new(
        "Schedule.Unprintable", ErrorKind.InvalidInput, "A name or path of the schedule holds a line break or another control character.", "Use names and paths without control characters.");
}
