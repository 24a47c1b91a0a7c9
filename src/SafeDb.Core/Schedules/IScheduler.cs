namespace SafeDb.Schedules;

/// <summary>One platform that keeps schedules. It lists only those that SafeDb made, and leaves everything else in its tables as it is.</summary>
public interface IScheduler
{
    /// <summary>The platform.</summary>
    SchedulePlatform Platform { get; }

    /// <summary>Whether this machine has it.</summary>
    bool IsAvailable { get; }

    /// <summary>The lines or files that make the schedule. Changes nothing.</summary>
    string Define(ScheduleSpec spec, ScheduleEntry entry);

    /// <summary>Makes the schedule; one of the same name is replaced.</summary>
    Task RegisterAsync(ScheduleSpec spec, ScheduleEntry entry, CancellationToken cancellationToken);

    /// <summary>The schedules that SafeDb made, with what the platform says of them.</summary>
    Task<IReadOnlyList<KeptSchedule>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes a schedule.</summary>
    Task RemoveAsync(ScheduleEntry entry, CancellationToken cancellationToken);
}

/// <summary>A schedule as its platform keeps it.</summary>
/// <param name="Entry">What it says of itself.</param>
/// <param name="State">What the platform says, for people.</param>
/// <param name="Working">Whether the platform will run it at all; false when its daemon is down or it is switched off.</param>
public sealed record KeptSchedule(ScheduleEntry Entry, string State, bool Working)
{
    /// <summary>When it ran last, by the platform; null when the platform does not say.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>Whether that run ended well, by the platform; null when it does not say.</summary>
    public bool? LastSucceeded { get; init; }

    /// <summary>When it runs next, by the platform.</summary>
    public DateTimeOffset? NextRunAt { get; init; }

    /// <summary>The definition as the platform has it.</summary>
    public string? Definition { get; init; }
}
