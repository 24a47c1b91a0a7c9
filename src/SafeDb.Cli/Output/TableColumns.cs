namespace SafeDb.Cli.Output;

/// <summary>Which properties a table shows: the ones of the PowerShell view for SafeDb's own results, every property otherwise.</summary>
internal static class TableColumns
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["BackupInfo"] = ["CreatedAt", "DatabaseName", "Engine", "Bytes", "Rows", "Encrypted", "Coverage", "Filters", "Verification", "Name"],
        ["TableVerification"] = ["Table", "ExpectedRows", "RestoredRows", "Equal"],
        ["SchemaDifference"] = ["Change", "Kind", "Identity"],
        ["SchemaObjectDifference"] = ["Change", "Kind", "Identity"],
        ["SchemaObject"] = ["Kind", "Identity"],
        ["MigrationStatus"] = ["Id", "Name", "State", "AppliedAt", "Level", "WayBack", "Problem"],
        ["GateResult"] = ["Id", "Passed", "Allowed", "Message"],
        ["MigrationStep"] = ["Id", "Name", "Direction", "RowsAffected", "Duration"],
        ["IntegrityFinding"] = ["Severity", "Check", "Object", "Rows", "Message", "Advice"],
        ["ReadinessItem"] = ["Result", "Item", "Evidence", "Advice"],
        ["ScheduleInfo"] = ["Name", "When", "Platform", "Alive", "Evidence", "LastRunAt", "NextRunAt"],
        ["MigrationRisk"] = ["Level", "Path", "Line", "Rule", "Message"],
    };

    // Columns that only some rows have something for, and that may be long.
    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal) { "Filters" };

    private const int OptionalWidth = 60;

    /// <summary>Whether a column is left away when no row has anything for it.</summary>
    public static bool IsOptional(string column) => Optional.Contains(column);

    /// <summary>A cell as the table shows it: an optional column keeps to its width, the whole is in the JSON document.</summary>
    public static string Cell(string column, string text) => IsOptional(column) && text.Length > OptionalWidth ? string.Concat(text.AsSpan(0, OptionalWidth - 1), "…") : text;

    public static IReadOnlyList<string> Of(Type type) => Known.TryGetValue(type.Name, out string[]? columns)
        ? [.. columns.Where(name => type.GetProperty(name) is not null)]
        : [.. ValueText.Parts(type).Select(property => property.Name)];
}
