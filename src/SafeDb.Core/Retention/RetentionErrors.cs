using SafeDb.Errors;

namespace SafeDb.Retention;

/// <summary>Errors of pruning.</summary>
public static class RetentionErrors
{
    /// <summary>Rules that keep nothing.</summary>
    public static readonly ErrorDefinition NothingKept = new(
        "Retention.NothingKept", ErrorKind.InvalidInput, "The retention rules would keep nothing by themselves.", "Give at least one of -KeepWithin, -KeepLast, -KeepHourly, -KeepDaily, -KeepWeekly, -KeepMonthly, -KeepYearly above zero.");

    /// <summary>A count below zero.</summary>
    public static readonly ErrorDefinition Negative = new(
        "Retention.Negative", ErrorKind.InvalidInput, "A retention count or duration is below zero.", "Give counts of zero or more.");

    /// <summary>A duration that is none.</summary>
    public static readonly ErrorDefinition Duration = new(
        "Retention.Duration", ErrorKind.InvalidInput, "'{0}' is no duration.", "Write it like 30d, 24h or 1d12h.");

    /// <summary>Archives of several destinations in one call.</summary>
    public static readonly ErrorDefinition SeveralDestinations = new(
        "Retention.SeveralDestinations", ErrorKind.InvalidInput, "The archives that were named lie in several destinations.", "Remove those of one destination at a time.");
}
