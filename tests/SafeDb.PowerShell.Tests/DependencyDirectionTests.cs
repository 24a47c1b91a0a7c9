using System.Reflection;

namespace SafeDb.PowerShell.Tests;

/// <summary>Front ends know the composition, the composition knows providers, providers know Core, Core knows the base class library, and nobody looks the other way.</summary>
public sealed class DependencyDirectionTests
{
    private static readonly string[] Providers = ["SafeDb.Sqlite", "SafeDb.PostgreSql", "SafeDb.SqlServer", "SafeDb.AzureStorage"];

    [Theory]
    [InlineData("SafeDb.Core")]
    [InlineData("SafeDb.Loader")]
    public void It_refers_to_the_base_class_library_only(string assembly) =>
        Assert.All(References(assembly), name => Assert.True(name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard" or "mscorlib" or "Microsoft.Win32.Primitives", name));

    [Theory]
    [InlineData("SafeDb.Sqlite")]
    [InlineData("SafeDb.PostgreSql")]
    [InlineData("SafeDb.SqlServer")]
    [InlineData("SafeDb.AzureStorage")]
    public void No_provider_knows_another_or_a_front_end(string assembly) =>
        Assert.All(References(assembly).Where(name => name.StartsWith("SafeDb", StringComparison.Ordinal)), name => Assert.Equal("SafeDb.Core", name));

    [Theory]
    [InlineData("SafeDb.PowerShell")]
    [InlineData("safedb")]
    public void Front_ends_know_providers_through_the_composition_only(string assembly) =>
        Assert.All(References(assembly), name => Assert.DoesNotContain(name, Providers));

    [Fact]
    public void The_composition_knows_no_front_end() =>
        Assert.All(References("SafeDb.Engines").Where(name => name.StartsWith("SafeDb", StringComparison.OrdinalIgnoreCase)), name => Assert.True(name == "SafeDb.Core" || Providers.Contains(name), name));

    [Fact]
    public void The_command_line_does_not_know_PowerShell() =>
        Assert.DoesNotContain(References("safedb"), name => name is "System.Management.Automation" or "SafeDb.PowerShell" or "SafeDb.Loader");

    [Fact]
    public void Only_the_cmdlets_know_PowerShell() =>
        Assert.All(Providers.Append("SafeDb.Core").Append("SafeDb.Loader").Append("SafeDb.Engines"), assembly => Assert.DoesNotContain("System.Management.Automation", References(assembly)));

    [Fact]
    public void Types_of_a_driver_never_cross_into_the_session()
    {
        // The default context has no driver: a parameter or result of such a type could not be named or bound.
        IEnumerable<Type> crossing = Repository.Cmdlets.SelectMany(cmdlet => cmdlet.OutputTypes.Concat(cmdlet.Parameters.Select(parameter => parameter.Type)));
        Assert.All(crossing, type =>
        {
            string assembly = (type.GetElementType() ?? type).Assembly.GetName().Name!;
            Assert.True(assembly is "SafeDb.Core" or "System.Management.Automation" || assembly.StartsWith("System.", StringComparison.Ordinal), $"{type} of {assembly}");
        });
    }

    private static IReadOnlyList<string> References(string assembly) =>
        [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(reference => reference.Name!)];
}
