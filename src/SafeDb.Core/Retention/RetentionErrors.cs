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
}
