using System.Globalization;
using System.Reflection;

using SafeDb.DocGenerator;
using SafeDb.Errors;

namespace SafeDb.PowerShell.Tests;

/// <summary>Every error of every assembly: one id each, something to do, and a place in docs/errors.md.</summary>
public sealed class ErrorCatalogueTests
{
    private static readonly string[] Assemblies =
        ["SafeDb.Core", "SafeDb.Sqlite", "SafeDb.PostgreSql", "SafeDb.SqlServer", "SafeDb.AzureStorage", "SafeDb.PowerShell", "safedb"];

    private static readonly ErrorDefinition[] All = [.. Assemblies.SelectMany(name => ErrorCatalog.Of(Assembly.Load(name)))];

    [Fact]
    public void Ids_are_unique() => Assert.Empty(All.GroupBy(item => item.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void Ids_name_an_area_and_what_happened() => Assert.All(All, item => Assert.Matches(@"^[A-Z][A-Za-z]+\.[A-Z][A-Za-z0-9]+$", item.Id));

    [Fact]
    public void Every_error_is_used_somewhere()
    {
        HashSet<string> used = [.. Assemblies.Append("SafeDb.Engines").SelectMany(name => ReadFields.Of(Assembly.Load(name).Location, nameof(ErrorDefinition)))];
        string[] unused = [.. Assemblies.SelectMany(name => Assembly.Load(name).GetTypes()).SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(field => field.FieldType == typeof(ErrorDefinition) && !field.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)))
            .Select(field => $"{field.DeclaringType!.FullName}.{field.Name}").Where(name => !used.Contains(name))];
        Assert.Empty(unused);
    }

    [Fact]
    public void Every_error_says_what_to_do() => Assert.All(All, item => Assert.True(item.RecommendedAction.Trim().Length > 8, item.Id));

    [Fact]
    public void Every_message_can_be_filled_in() =>
        Assert.All(All, item => Assert.NotEmpty(string.Format(CultureInfo.InvariantCulture, item.MessageFormat, "a", "b", "c", "d", "e", "f")));

    [Fact]
    public void The_page_lists_them_all()
    {
        string page = Path.Combine(Repository.Root, "docs", "errors.md");
        string expected = ErrorPage.Render(All);
        if (Environment.GetEnvironmentVariable("SAFEDB_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(page, expected);
        }

        Assert.True(expected == File.ReadAllText(page).ReplaceLineEndings("\n"), "docs/errors.md is not current: run ./build.ps1 -Task Docs (or the tests with SAFEDB_UPDATE_GOLDEN=1).");
    }
}
