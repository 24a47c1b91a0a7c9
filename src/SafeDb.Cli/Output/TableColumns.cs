using System.Reflection;

namespace SafeDb.Cli.Output;

/// <summary>Which properties a table shows: the ones of the PowerShell view for SafeDb's own results, every property otherwise.</summary>
internal static class TableColumns
{
    private static readonly Dictionary<string, string[]> Known = new(StringComparer.Ordinal)
    {
        ["BackupInfo"] = ["CreatedAt", "DatabaseName", "Engine", "Bytes", "Rows", "Encrypted", "Verification", "Name"],
        ["TableVerification"] = ["Table", "ExpectedRows", "RestoredRows", "Equal"],
        ["SchemaDifference"] = ["Change", "Kind", "Identity"],
        ["SchemaObjectDifference"] = ["Change", "Kind", "Identity"],
        ["SchemaObject"] = ["Kind", "Identity"],
        ["MigrationStatus"] = ["Id", "Name", "State", "AppliedAt", "Level", "WayBack", "Problem"],
        ["MigrationStep"] = ["Id", "Name", "Direction", "RowsAffected", "Duration"],
        ["ReadinessItem"] = ["Result", "Item", "Evidence", "Advice"],
        ["MigrationRisk"] = ["Level", "Path", "Line", "Rule", "Message"],
    };

    public static IReadOnlyList<string> Of(Type type) => Known.TryGetValue(type.Name, out string[]? columns)
        ? [.. columns.Where(name => type.GetProperty(name) is not null)]
        : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0).Select(property => property.Name)];
}
