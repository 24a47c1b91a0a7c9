using System.Reflection;

using SafeDb.DocGenerator;

namespace SafeDb.PowerShell.Tests;

/// <summary>What every cmdlet promises by its attributes. Needs no PowerShell.</summary>
public sealed class CmdletMetadataTests
{
    private static readonly string[] ApprovedVerbs = ["Backup", "Compare", "Copy", "Get", "Invoke", "New", "Register", "Remove", "Restore", "Set", "Test", "Undo", "Unregister"];
    private static readonly string[] ChangingVerbs = ["Backup", "Copy", "Invoke", "New", "Register", "Remove", "Restore", "Set", "Undo", "Unregister"];
    private static readonly string[] HighImpact = ["Set-SafeDbMaintenance", "Restore-SafeDb", "Invoke-SafeMigration", "Undo-SafeMigration", "Invoke-SafeDbRebuild", "Remove-SafeDbBackup"];
    private static readonly string[] Nouns = ["SafeDb", "SafeDbBackup", "SafeDbSchema", "SafeDbIntegrity", "SafeDbReadiness", "SafeDbMaintenance", "SafeDbRebuild", "SafeDbSchedule", "SafeMigration", "MigrationRisk"];
    private static readonly string[] SecretWords = ["Password", "Passphrase", "Secret", "Token", "Credential", "Key", "ConnectionString"];

    public static TheoryData<string> Names => Repository.CmdletNames;

    [Fact]
    public void The_manifest_exports_exactly_the_cmdlets_of_the_assembly() =>
        Assert.Equal(Repository.Cmdlets.Select(cmdlet => cmdlet.Name), Repository.ManifestList("CmdletsToExport").Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void Verbs_are_approved_and_nouns_are_ours(string name)
    {
        CmdletFacts cmdlet = Repository.Cmdlet(name);
        Assert.Contains(cmdlet.Verb, ApprovedVerbs);
        Assert.Contains(cmdlet.Noun, Nouns);
        Assert.Equal($"{cmdlet.Verb}{cmdlet.Noun}Command", cmdlet.Type.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_changes_something_asks_first(string name)
    {
        CmdletFacts cmdlet = Repository.Cmdlet(name);
        Assert.Equal(ChangingVerbs.Contains(cmdlet.Verb, StringComparer.Ordinal), cmdlet.SupportsShouldProcess);
        Assert.Equal(HighImpact.Contains(name, StringComparer.Ordinal) ? "High" : "Medium", cmdlet.ConfirmImpact);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Output_types_are_public_types_of_the_core(string name)
    {
        CmdletFacts cmdlet = Repository.Cmdlet(name);
        Assert.NotEmpty(cmdlet.OutputTypes);
        Assert.All(cmdlet.OutputTypes.Where(type => type.Namespace != "System"), type =>
        {
            Assert.True(type.IsPublic, type.FullName);
            Assert.Equal("SafeDb.Core", type.Assembly.GetName().Name);
            Assert.Equal("SafeDb", type.Namespace);
        });
    }

    /// <summary>Before a result is written its lists become arrays, which scripts can index: one that is made anew at every look would stay what it is.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Lists_of_results_can_be_set_to_what_scripts_can_index(string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Assert.Empty(Repository.Cmdlet(name).OutputTypes.SelectMany(type => ListsMadeAnew(type, seen)));
    }

    private static IEnumerable<string> ListsMadeAnew(Type type, HashSet<string> seen)
    {
        if (type.IsGenericType)
        {
            return type.GetGenericArguments().SelectMany(argument => ListsMadeAnew(argument, seen));
        }

        if (type.Namespace?.StartsWith("SafeDb", StringComparison.Ordinal) != true || type.IsEnum || !seen.Add(type.FullName!))
        {
            return [];
        }

        return type.GetProperties(BindingFlags.Instance | BindingFlags.Public).SelectMany(property =>
            ListsMadeAnew(property.PropertyType, seen).Concat(property.PropertyType.IsInterface && property.PropertyType.IsGenericType && property.SetMethod is null ? [$"{type.Name}.{property.Name}"] : []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Secrets_are_never_plain_text(string name) =>
        Assert.All(
            Repository.Cmdlet(name).Parameters.Where(parameter => SecretWords.Any(word => parameter.Name.EndsWith(word, StringComparison.Ordinal))),
            parameter => Assert.Equal("SecureString", parameter.Type.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Wildcard_paths_have_a_literal_twin(string name)
    {
        IReadOnlyList<ParameterFacts> parameters = Repository.Cmdlet(name).Parameters;
        if (parameters.Any(parameter => parameter is { Name: "Path", SupportsWildcards: true }))
        {
            ParameterFacts literal = parameters.Single(parameter => parameter.Name == "LiteralPath");
            Assert.Contains("PSPath", literal.Aliases);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void At_most_one_parameter_takes_the_pipeline_by_value(string name)
    {
        CmdletFacts cmdlet = Repository.Cmdlet(name);
        IEnumerable<string?> sets = cmdlet.Parameters.SelectMany(parameter => parameter.Sets).Select(set => set.Set).Distinct(StringComparer.Ordinal);
        Assert.All(sets, set => Assert.True(cmdlet.Parameters.Count(parameter => parameter.Sets.Any(item => item.FromPipeline && (item.Set is null || item.Set == set))) <= 1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parameters_have_types_that_survive_serialisation(string name) =>
        Assert.All(Repository.Cmdlet(name).Parameters, parameter =>
        {
            Type element = parameter.Type.IsArray ? parameter.Type.GetElementType()! : parameter.Type;
            bool fits = element.IsEnum || element.IsPrimitive || element == typeof(string) || element == typeof(TimeSpan) || element == typeof(DateTimeOffset)
                || element.Name is "SecureString" or "SwitchParameter" or "ScriptBlock" || element.Namespace == "SafeDb";
            Assert.True(fits, $"-{parameter.Name}: {element}");
        });

    [Theory]
    [MemberData(nameof(Names))]
    public void Online_help_is_linked(string name) => Assert.StartsWith("https://", Repository.Cmdlet(name).HelpUri, StringComparison.Ordinal);
}
