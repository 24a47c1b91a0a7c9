namespace SafeDb.Cli.Output;

/// <summary>Which properties a table shows: the ones of the PowerShell view for SafeDb's own results, every property otherwise.</summary>
internal static class TableColumns
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["BackupInfo"] = ["CreatedAt", "DatabaseName", "Engine", "Bytes", "Rows", "Encrypted", "Coverage", "Verification", "Name"],
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

    public static IReadOnlyList<string> Of(Type type) => Known.TryGetValue(type.Name, out string[]? columns)
        ? [.. columns.Where(name => type.GetProperty(name) is not null)]
        : [.. ValueText.Parts(type).Select(property => property.Name)];
}
