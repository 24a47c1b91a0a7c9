using SafeDb.Risk;

namespace SafeDb.Configuration;

/// <summary>Turns an environment's policy into what the risk analysis asks of it.</summary>
public static class RiskPolicies
{
    /// <summary>The policy with what a caller allows on top.</summary>
    /// <param name="policy">The environment's policy.</param>
    /// <param name="allowHazards">Rules that the caller accepts.</param>
    public static RiskPolicy ToRiskPolicy(this Policy policy, IEnumerable<string> allowHazards) => new()
    {
        AllowHazards = [.. policy.AllowHazards.Concat(allowHazards).Distinct(StringComparer.Ordinal)],
        DisabledRules = policy.DisabledRules,
        RuleLevels = policy.RuleLevels,
        AllowMixedMigrations = policy.AllowMixedMigrations,
        AllowReset = policy.AllowReset,
    };
}
