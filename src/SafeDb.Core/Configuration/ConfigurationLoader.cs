using System.Text.Json;
using System.Text.Json.Serialization;

namespace SafeDb.Configuration;

/// <summary>Finds and reads <c>safedb.json</c>.</summary>
public static class ConfigurationLoader
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "safedb.json";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,

        // A misspelt policy key that is silently ignored would leave a gate open.
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false), new DurationJsonConverter() },
    };

    /// <summary>
    /// Reads the file at <paramref name="path"/>; without a path, the <c>safedb.json</c> of <paramref name="folder"/> or of the nearest folder above it; without one, an empty configuration.
    /// </summary>
    public static SafeDbConfiguration Load(string? path, string folder)
    {
        if (path is not null)
        {
            string full = Path.GetFullPath(path, folder);
            return File.Exists(full) ? Read(full) : throw ConfigurationErrors.NotFound.Exception(full);
        }

        for (DirectoryInfo? current = new(folder); current is not null; current = current.Parent)
        {
            string candidate = Path.Combine(current.FullName, FileName);
            if (File.Exists(candidate))
            {
                return Read(candidate);
            }
        }

        return SafeDbConfiguration.Empty;
    }

    /// <summary>Reads configuration from JSON text.</summary>
    /// <param name="json">The text.</param>
    /// <param name="path">Where it comes from; its folder is what relative paths start from.</param>
    public static SafeDbConfiguration Parse(string json, string path)
    {
        try
        {
            using (JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }))
            {
                json = WithoutSchemaKey(document);
            }

            SafeDbConfiguration read = JsonSerializer.Deserialize<SafeDbConfiguration>(json, Options) ?? SafeDbConfiguration.Empty;
            SafeDbConfiguration configuration = read with
            {
                Folder = Path.GetDirectoryName(Path.GetFullPath(path)),
                Databases = IgnoringCase(read.Databases),
                Destinations = IgnoringCase(read.Destinations),
                Recipients = IgnoringCase(read.Recipients),
                Environments = IgnoringCase(read.Environments),
            };
            Check(configuration);
            return configuration;
        }
        catch (Exception problem) when (problem is JsonException or ArgumentException)
        {
            throw ConfigurationErrors.Invalid.Caused(problem, path, problem.Message);
        }
    }

    private static SafeDbConfiguration Read(string path) => Parse(File.ReadAllText(path), path);

    // "$schema" is for editors. Everything else that is unknown is an error.
    private static string WithoutSchemaKey(JsonDocument document)
    {
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("the file must hold one JSON object.");
        }

        return JsonSerializer.Serialize(document.RootElement.EnumerateObject()
            .Where(property => property.Name != "$schema")
            .ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal));
    }

    private static Dictionary<string, T> IgnoringCase<T>(IReadOnlyDictionary<string, T> values) => new(values, StringComparer.OrdinalIgnoreCase);

    private static void Check(SafeDbConfiguration configuration)
    {
        if (configuration.DefaultDatabase is { } name)
        {
            _ = Find(configuration.Databases, "database", name);
        }

        foreach (DatabaseSettings database in configuration.Databases.Values)
        {
            if (database.Destination is { } destination && !destination.Contains('/', StringComparison.Ordinal))
            {
                _ = Find(configuration.Destinations, "destination", destination);
            }

            if (database.Environment is { } environment)
            {
                _ = Find(configuration.Environments, "environment", environment);
            }
        }

        foreach (string recipient in configuration.Destinations.Values.SelectMany(destination => destination.Recipients))
        {
            _ = Find(configuration.Recipients, "recipient", recipient);
        }

        foreach ((string recipientName, RecipientSettings recipient) in configuration.Recipients)
        {
            if (new[] { recipient.Certificate, recipient.Passphrase, recipient.Key }.Count(value => value is not null) != 1)
            {
                throw ConfigurationErrors.RecipientAmbiguous.Exception(recipientName);
            }
        }
    }

    /// <summary>The entry of a name, or an error that lists the names there are.</summary>
    internal static T Find<T>(IReadOnlyDictionary<string, T> values, string what, string name) =>
        values.TryGetValue(name, out T? value)
            ? value
            : throw ConfigurationErrors.UnknownName.Exception(what, name, values.Count == 0 ? "none" : string.Join(", ", values.Keys.Order(StringComparer.OrdinalIgnoreCase)));
}
