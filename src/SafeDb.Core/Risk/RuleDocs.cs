namespace SafeDb.Risk;

/// <summary>Where a rule's page is.</summary>
public static class RuleDocs
{
    /// <summary>The page's path in the repository and in the package.</summary>
    public static string PathOf(string rule) => $"docs/rules/{rule}.md";
}
