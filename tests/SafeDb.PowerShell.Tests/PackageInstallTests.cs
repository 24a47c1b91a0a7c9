using System.Diagnostics;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace SafeDb.PowerShell.Tests;

/// <summary>Packs what the build made, installs both packages into an empty place, and runs the main job with what is there and nothing else.</summary>
public sealed class PackageInstallTests : IDisposable
{
    private static readonly string Configuration = Path.GetFileName(Path.GetDirectoryName(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)))!;

    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-install-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_tool_package_installs_and_does_the_whole_job()
    {
        string tool = InstallTool();
        (int exitCode, string output) = Run(tool, _folder, "demo");
        Assert.True(exitCode == 0, output);
        (exitCode, output) = Run(tool, _folder, "test", Directory.GetFiles(Path.Combine(_folder, "safedb-demo"), "*.safedb", SearchOption.AllDirectories)[0], "--level", "Checksum");
        Assert.True(exitCode == 0, output);
        Assert.Contains("Passed", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_module_zip_has_the_layout_of_Azure_Automation_and_does_the_main_job()
    {
        string zip = PackModule();
        Assert.InRange(new FileInfo(zip).Length, 1, 100_000_000);
        string modules = Path.Combine(_folder, "modules");
        using (ZipArchive archive = ZipFile.OpenRead(zip))
        {
            // One folder of the module's name, the manifest right in it; the service refuses longer paths.
            Assert.All(archive.Entries, entry => Assert.StartsWith("SafeDb/", entry.FullName.Replace('\\', '/'), StringComparison.Ordinal));
            Assert.All(archive.Entries, entry => Assert.True(entry.FullName.Length < 140, entry.FullName));
            Assert.NotNull(archive.GetEntry("SafeDb/SafeDb.psd1"));
            Assert.NotNull(archive.GetEntry("SafeDb/scripts/runbooks/Invoke-NightlyBackup.ps1"));
            Assert.DoesNotContain(archive.Entries, entry => entry.Name.EndsWith(".pdb", StringComparison.Ordinal));
            archive.ExtractToDirectory(modules);
        }

        string? pwsh = FindOnPath(OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        Assert.SkipWhen(pwsh is null, "pwsh is not installed: the layout was checked, the main job was not run.");
        string tool = InstallTool();
        Assert.Equal(0, Run(tool, _folder, "demo", "--only-database", "shop.db").ExitCode);
        string script = Path.Combine(_folder, "job.ps1");
        File.WriteAllText(script, """
            $ErrorActionPreference = 'Stop'
            Import-Module SafeDb
            (Get-Module SafeDb).Path
            $proof = Backup-SafeDb sqlite:./shop.db -Destination ./backups -Unencrypted | Test-SafeDbBackup
            "$($proof.Result) $($proof.RowsCompared)"
            $restored = Restore-SafeDb $proof.Backup sqlite:./again.db -Confirm:$false
            "$($restored.Verified)"
            """);
        (int exitCode, string output) = Run(pwsh!, _folder, new Dictionary<string, string>(StringComparer.Ordinal) { ["PSModulePath"] = modules }, "-NoProfile", "-NonInteractive", "-File", script);
        Assert.True(exitCode == 0, output);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.StartsWith(modules, lines[0], StringComparison.Ordinal);
        Assert.Equal(["Passed 16620", "True"], lines[1..]);
    }

    private string PackModule()
    {
        string artifacts = Path.Combine(_folder, "artifacts") + Path.DirectorySeparatorChar;
        (int exitCode, string output) = Run("dotnet", Repository.Root, "msbuild", Path.Combine("src", "SafeDb.PowerShell"), "-t:PackageModule", "-p:NoBuild=true", $"-p:Configuration={Configuration}", $"-p:ArtifactsFolder={artifacts}", "-nologo", "-v:q");
        Assert.True(exitCode == 0, output);
        return Path.Combine(artifacts, "SafeDb.zip");
    }

    private string InstallTool()
    {
        string feed = Path.Combine(_folder, "feed");
        (int exitCode, string output) = Run("dotnet", Repository.Root, "pack", Path.Combine("src", "SafeDb.Cli"), "--no-build", "-c", Configuration, "-o", feed, "-nologo", "-v:q");
        Assert.True(exitCode == 0, output);
        string config = Path.Combine(_folder, "nuget.config");
        File.WriteAllText(config, $"<configuration><packageSources><clear /><add key=\"feed\" value=\"{feed}\" /></packageSources></configuration>");
        string tools = Path.Combine(_folder, "tools");
        (exitCode, output) = Run("dotnet", _folder, "tool", "install", "SafeDb.Cli", "--tool-path", tools, "--configfile", config, "--version", typeof(SafeDbEngine).Assembly.GetName().Version!.ToString(3));
        Assert.True(exitCode == 0, output);
        return Path.Combine(tools, OperatingSystem.IsWindows() ? "safedb.exe" : "safedb");
    }

    private static (int ExitCode, string Output) Run(string program, string folder, params string[] arguments) => Run(program, folder, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    private static (int ExitCode, string Output) Run(string program, string folder, Dictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };

        // The SDK that runs the tests hands these down; an installed program must do without. A tool's start program looks for .NET in DOTNET_ROOT when it lies in an unusual place.
        foreach (string inherited in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase) || name is "DOTNET_HOST_PATH" or "DATABASE_URL").ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
