namespace SafeDb.Risk.Suppression;

/// <summary>The rules about suppressions themselves. Nothing suppresses these.</summary>
internal static class SuppressionRules
{
    public static readonly RiskRuleInfo Invalid = new("suppression-invalid", RiskLevel.Risky, "A suppression names no known rule, gives no reason or has a wrong date, and so has no effect.");

    public static readonly RiskRuleInfo Expired = new("suppression-expired", RiskLevel.Risky, "A suppression's last day is over, and so it has no effect.");

    public static readonly RiskRuleInfo Unused = new("suppression-unused", RiskLevel.Safe, "A suppression covers nothing that is found.");

    public static readonly IReadOnlyList<RiskRuleInfo> All = [Invalid, Expired, Unused];
}
