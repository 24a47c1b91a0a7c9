using System.Reflection;
using System.Text.RegularExpressions;

using SafeDb.DocGenerator;

namespace SafeDb.PowerShell.Tests;

/// <summary>The files and assemblies that the tests look at.</summary>
internal static partial class Repository
{
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(item => item.Key == "RepositoryRoot").Value!;

    public static string ModuleBin { get; } = Path.Combine(Root, "module", "bin", "net8.0");

    public static string Manifest { get; } = File.ReadAllText(Path.Combine(Root, "SafeDb.psd1"));

    public static IReadOnlyList<CmdletFacts> Cmdlets { get; } = CmdletFacts.ReadAll(typeof(SafeDbCmdlet).Assembly);

    public static TheoryData<string> CmdletNames => [.. Cmdlets.Select(cmdlet => cmdlet.Name)];

    public static CmdletFacts Cmdlet(string name) => Cmdlets.Single(cmdlet => cmdlet.Name == name);

    /// <summary>The texts in the array of a key of the module manifest.</summary>
    public static IReadOnlyList<string> ManifestList(string key)
    {
        Match list = Regex.Match(Manifest, $@"^\s*{key}\s*=\s*@\((?<items>[^)]*)\)", RegexOptions.Multiline, TimeSpan.FromSeconds(1));
        return [.. Quoted().Matches(list.Groups["items"].Value).Select(item => item.Groups["text"].Value)];
    }

    [GeneratedRegex("'(?<text>[^']*)'", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
