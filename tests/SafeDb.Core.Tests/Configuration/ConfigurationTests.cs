using System.Text.Json;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Core.Tests.Configuration;

public sealed class ConfigurationTests
{
    private const string Sample = """
        {
          "$schema": "https://example.org/safedb.schema.json",
          // comments are welcome
          "defaultDatabase": "shop",
          "databases": { "Shop": { "address": "${SHOP_URL}", "environment": "staging", "destination": "offsite",
            "invariants": [ { "name": "no orphans", "query": "select 1 where false" } ] } },
          "destinations": { "offsite": { "address": "./backups", "recipients": ["ops"] } },
          "recipients": { "ops": { "passphrase": "${OPS}" } },
          "environments": { "staging": { "maxVerifiedBackupAge": "90m", "maxRisk": "risky", "waysBack": ["downScript", "restore"],
            "ruleLevels": { "drop-column": "safe" }, "retention": { "daily": 7 } } },
        }
        """;

    [Fact]
    public void Every_value_is_read_and_what_is_not_said_keeps_the_strict_default()
    {
        SafeDbConfiguration configuration = ConfigurationLoader.Parse(Sample, "/srv/app/safedb.json");

        Policy policy = configuration.Environments["staging"];
        Assert.Equal(TimeSpan.FromMinutes(90), policy.MaxVerifiedBackupAge);
        Assert.Equal(RiskLevel.Risky, policy.MaxRisk);
        Assert.Equal([WayBack.DownScript, WayBack.Restore], policy.WaysBack);
        Assert.Equal(RiskLevel.Safe, policy.RuleLevels["drop-column"]);
        Assert.Equal(7, policy.Retention.Daily);
        Assert.Equal(TimeSpan.FromDays(30), policy.Retention.Within);
        Assert.True(policy.RequireRehearsal);
        Assert.Equal("no orphans", configuration.Databases["shop"].Invariants.Single().Name);
        Assert.Equal(Path.GetFullPath("/srv/app"), configuration.Folder);
    }

    [Theory]
    [InlineData("""{ "databases": { "a": { "address": "x", "adress": "y" } } }""", "Config.Invalid")]
    [InlineData("""{ "environments": { "p": { "requireRehersal": false } } }""", "Config.Invalid")]
    [InlineData("""{ "environments": { "p": { "maxRisk": 2 } } }""", "Config.Invalid")]
    [InlineData("""{ "environments": { "p": { "lockTimeout": "soon" } } }""", "Config.Invalid")]
    [InlineData("""{ "defaultDatabase": "b", "databases": { "a": { "address": "x" } } }""", "Config.UnknownName")]
    [InlineData("""{ "databases": { "a": { "address": "x", "environment": "prod" } } }""", "Config.UnknownName")]
    [InlineData("""{ "destinations": { "d": { "address": "x", "recipients": ["nobody"] } } }""", "Config.UnknownName")]
    [InlineData("""{ "recipients": { "r": { "key": "a", "passphrase": "b" } } }""", "Config.RecipientAmbiguous")]
    [InlineData("""{ "recipients": { "r": { } } }""", "Config.RecipientAmbiguous")]
    [InlineData("[]", "Config.Invalid")]
    [InlineData("{", "Config.Invalid")]
    public void What_is_wrong_is_refused_with_its_id(string json, string id) =>
        Assert.Equal(id, Assert.Throws<SafeDbException>(() => ConfigurationLoader.Parse(json, "safedb.json")).Id);

    [Fact]
    public void A_missing_variable_is_named_and_never_read_as_empty()
    {
        SafeDbException problem = Assert.Throws<SafeDbException>(() => EnvironmentValues.Expand("${A}-${B}", "recipient ops", name => name == "A" ? "a" : string.Empty));
        Assert.Equal("Config.EnvironmentMissing", problem.Id);
        Assert.Contains("B", problem.Message, StringComparison.Ordinal);
        Assert.Equal("a-b", EnvironmentValues.Expand("${A}-${B}", "x", name => name.ToLowerInvariant()));
    }

    [Fact]
    public void The_nearest_file_above_the_folder_is_found()
    {
        string root = Directory.CreateTempSubdirectory("safedb-config-").FullName;
        try
        {
            string below = Directory.CreateDirectory(Path.Combine(root, "a", "b")).FullName;
            File.WriteAllText(Path.Combine(root, "safedb.json"), """{ "defaultDatabase": null }""");
            Assert.Equal(root, ConfigurationLoader.Load(null, below).Folder);
            Assert.Equal("Config.NotFound", Assert.Throws<SafeDbException>(() => ConfigurationLoader.Load("other.json", below)).Id);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Theory]
    [InlineData("30d", 2_592_000_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("500ms", 500)]
    public void Durations_read_as_people_write_them(string text, long milliseconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan value));
        Assert.Equal(milliseconds, value.TotalMilliseconds);
        Assert.True(Duration.TryParse(Duration.Format(value), out TimeSpan again));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("5x")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999d")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Duration.TryParse(text, out _));

    // The schema is written by hand for its descriptions; this keeps it true.
    [Fact]
    public void The_json_schema_has_exactly_the_properties_of_the_records()
    {
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(RepositoryFile("docs/safedb.schema.json")));
        JsonElement definitions = schema.RootElement.GetProperty("$defs");
        AssertSame(typeof(SafeDbConfiguration), schema.RootElement, "$schema");
        AssertSame(typeof(DatabaseSettings), definitions.GetProperty("database"));
        AssertSame(typeof(InvariantSettings), definitions.GetProperty("invariant"));
        AssertSame(typeof(HookSettings), definitions.GetProperty("hooks"));
        AssertSame(typeof(DestinationSettings), definitions.GetProperty("destination"));
        AssertSame(typeof(RecipientSettings), definitions.GetProperty("recipient"));
        AssertSame(typeof(Policy), definitions.GetProperty("policy"));
        AssertSame(typeof(RetentionSettings), definitions.GetProperty("retention"));
    }

    private static void AssertSame(Type record, JsonElement definition, params string[] extra)
    {
        IEnumerable<string> expected = record.GetProperties()
            .Where(property => property.Name is not ("EqualityContract" or "Folder"))
            .Where(property => property.GetMethod is { IsStatic: false })
            .Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))
            .Concat(extra).Order(StringComparer.Ordinal);
        Assert.Equal(expected, definition.GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.False(definition.GetProperty("additionalProperties").GetBoolean());
    }

    private static string RepositoryFile(string path)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SafeDb.sln")))
            {
                return Path.Combine(folder.FullName, path);
            }
        }

        throw new FileNotFoundException(path);
    }
}
