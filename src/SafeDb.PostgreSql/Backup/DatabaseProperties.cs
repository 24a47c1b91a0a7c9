using SafeDb.PostgreSql.Schema;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Backup;

internal static class DatabaseProperties
{
    public static IReadOnlyDictionary<string, string> Of(PostgreSqlSchema schema) => schema.Properties;
    public static IReadOnlyList<string> FilledViews(IReadOnlyDictionary<string, string> properties) => [];
    public static IReadOnlyList<string> Roles(IReadOnlyDictionary<string, string> properties) => [];
    public static IReadOnlyList<(string Name, string Version)> Extensions(IReadOnlyDictionary<string, string> properties) => [];
    public static string CreateOptions(IReadOnlyDictionary<string, string> properties) => "";
    public static IReadOnlyList<string> Statements(IReadOnlyDictionary<string, string> properties, string database, RestoreRequest request, int version) => [];
}
