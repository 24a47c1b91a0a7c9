using System.Reflection;

namespace SafeDb.PowerShell.Tests;

/// <summary>The module as it is laid out by the build: what Azure Automation and other machines get.</summary>
public sealed class ModulePackageTests
{
    private static readonly string[] Files =
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "module"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))];

    [Fact]
    public void No_path_is_longer_than_the_platforms_allow() => Assert.All(Files, path => Assert.True($"SafeDb/{path}".Length < 140, path));

    [Fact]
    public void The_module_is_smaller_than_a_hundred_megabytes() =>
        Assert.InRange(Files.Sum(path => new FileInfo(Path.Combine(Repository.Root, path)).Length), 1, 100_000_000);

    [Fact]
    public void What_the_manifest_names_is_there() =>
        Assert.All(
            Repository.ManifestList("FormatsToProcess").Concat(Repository.ManifestList("TypesToProcess")).Append("module/SafeDb.psm1"),
            path => Assert.Contains(path, Files));

    [Theory]
    [InlineData("SafeDb.PowerShell.dll")]
    [InlineData("SafeDb.Core.dll")]
    [InlineData("SafeDb.Loader.dll")]
    [InlineData("SafeDb.Sqlite.dll")]
    [InlineData("SafeDb.PostgreSql.dll")]
    [InlineData("Npgsql.dll")]
    [InlineData("runtimes/linux-x64/native/libe_sqlite3.so")]
    [InlineData("runtimes/win-x64/native/e_sqlite3.dll")]
    [InlineData("runtimes/osx-arm64/native/libe_sqlite3.dylib")]
    [InlineData("runtimes/unix/lib/net8.0/Microsoft.Data.SqlClient.dll")]
    [InlineData("runtimes/win/lib/net8.0/Microsoft.Data.SqlClient.dll")]
    public void Needed_files_are_staged(string path) => Assert.Contains($"module/bin/net8.0/{path}", Files);

    [Fact]
    public void Nothing_that_belongs_to_the_host_is_staged() =>
        Assert.DoesNotContain(Files, path => path.EndsWith("System.Management.Automation.dll", StringComparison.Ordinal) || path.EndsWith(".pdb", StringComparison.Ordinal));

    [Fact]
    public void The_versions_of_manifest_and_assemblies_are_one() =>
        Assert.Contains($"'{AssemblyName.GetAssemblyName(Path.Combine(Repository.ModuleBin, "SafeDb.Core.dll")).Version!.ToString(3)}'", Repository.Manifest, StringComparison.Ordinal);
}
