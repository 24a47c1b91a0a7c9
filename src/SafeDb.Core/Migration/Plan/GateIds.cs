namespace SafeDb.Migration.Plan;

/// <summary>The gates that a person may allow by name, next to the rules of the risk analysis.</summary>
public static class GateIds
{
    /// <summary>Their ids. The gates of risk, of the rehearsal and of an interrupted run are not among them: those are opened by what they ask for.</summary>
    public static IReadOnlyList<string> Allowable { get; } =
    [
        "baseline-unproved", "data-loss", "down-differs", "edited-migration", "missing-migration", "no-backup", "out-of-order-migration", PlanGates.RetryFailed, DriftGate.Id, "way-back",
    ];
}
