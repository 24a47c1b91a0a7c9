namespace SafeDb.Risk;

/// <summary>What an environment's policy and the caller say about findings. The defaults are those for production.</summary>
public sealed record RiskPolicy
{
    /// <summary>Nothing allowed, nothing changed.</summary>
    public static readonly RiskPolicy Strict = new();

    /// <summary>Rules whose findings are allowed, by <c>-AllowHazard</c> or the policy; they stay visible.</summary>
    public IReadOnlyList<string> AllowHazards { get; init; } = [];

    /// <summary>Rules that are switched off; their findings do not appear.</summary>
    public IReadOnlyList<string> DisabledRules { get; init; } = [];

    /// <summary>Rules whose level differs.</summary>
    public IReadOnlyDictionary<string, RiskLevel> RuleLevels { get; init; } = new Dictionary<string, RiskLevel>(StringComparer.Ordinal);

    /// <summary>Findings known from before, or null.</summary>
    public RiskBaseline? Baseline { get; init; }

    /// <summary>Whether schema and data may change in one migration.</summary>
    public bool AllowMixedMigrations { get; init; }

    /// <summary>Whether commands that reset the database are allowed.</summary>
    public bool AllowReset { get; init; }

    /// <summary>Fails when a rule is named that no dialect and no general rule has: a misspelt allowance must not pass silently.</summary>
    /// <param name="known">Every rule's id.</param>
    public void Validate(IEnumerable<string> known)
    {
        var ids = known.ToHashSet(StringComparer.Ordinal);
        string? wrong = AllowHazards.Concat(DisabledRules).Concat(RuleLevels.Keys).FirstOrDefault(rule => !ids.Contains(rule));
        if (wrong is not null)
        {
            throw RiskErrors.UnknownRule.Exception(wrong, Similar.To(wrong, ids));
        }
    }
}
