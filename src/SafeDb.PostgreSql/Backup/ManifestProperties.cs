using System.Text.Json;

using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>Facts of a database in the manifest that a restore needs and that are not compared.</summary>
internal static class ManifestProperties
{
    private const string RolesKey = "roles";
    private const string ExtensionsKey = "extensions";
    private const string FilledViewsKey = "filledViews";
    private const string NoticesKey = "notices";

    /// <summary>The properties of a schema.</summary>
    public static IReadOnlyDictionary<string, string> Of(PostgreSqlSchema schema) => new Dictionary<string, string>(schema.Properties, StringComparer.Ordinal)
    {
        [RolesKey] = JsonSerializer.Serialize(schema.Roles),
        [ExtensionsKey] = JsonSerializer.Serialize(schema.Extensions.Select(extension => new[] { extension.Name, extension.Version })),
        [FilledViewsKey] = JsonSerializer.Serialize(schema.MaterializedViews.Where(view => view.Populated).Select(view => view.Name)),
        [NoticesKey] = JsonSerializer.Serialize(schema.Notices),
    };

    /// <summary>Roles that objects refer to.</summary>
    public static IReadOnlyList<string> Roles(IReadOnlyDictionary<string, string> properties) => List<string>(properties, RolesKey);

    /// <summary>Extensions with their versions.</summary>
    public static IReadOnlyList<(string Name, string Version)> Extensions(IReadOnlyDictionary<string, string> properties) =>
        [.. List<string[]>(properties, ExtensionsKey).Select(pair => (pair[0], pair[1]))];

    /// <summary>Materialized views that hold rows, each after those that it reads from.</summary>
    public static IReadOnlyList<string> FilledViews(IReadOnlyDictionary<string, string> properties) => List<string>(properties, FilledViewsKey);

    /// <summary>What CREATE DATABASE must say so that texts are stored and sorted as in the source.</summary>
    public static string CreateOptions(IReadOnlyDictionary<string, string> properties, int serverVersion)
    {
        string Option(string key, string option) => properties.GetValueOrDefault(key) is { Length: > 0 } value ? $" {option} {Identifiers.Literal(value)}" : "";
        string provider = serverVersion < 150000 ? "" : properties.GetValueOrDefault("localeProvider") switch
        {
            "i" => " LOCALE_PROVIDER icu" + Option("locale", "ICU_LOCALE") + Option("icuRules", "ICU_RULES"),
            "b" => " LOCALE_PROVIDER builtin" + Option("locale", "BUILTIN_LOCALE"),
            "c" => " LOCALE_PROVIDER libc",
            _ => "",
        };
        return Option("encoding", "ENCODING") + Option("collate", "LC_COLLATE") + Option("ctype", "LC_CTYPE") + provider;
    }

    private static IReadOnlyList<T> List<T>(IReadOnlyDictionary<string, string> properties, string key) =>
        properties.TryGetValue(key, out string? json) ? JsonSerializer.Deserialize<T[]>(json)! : [];
}
