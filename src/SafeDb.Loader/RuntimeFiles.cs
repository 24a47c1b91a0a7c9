using System.Runtime.InteropServices;

namespace SafeDb.Loader;

/// <summary>
/// Finds the file of an assembly or a native library for the machine it runs on, in a folder laid out as <c>dotnet publish</c> does: files of a runtime id under
/// <c>runtimes/&lt;rid&gt;</c> come before the flat one, which may be a stub that only throws (Microsoft.Data.SqlClient's is).
/// </summary>
/// <param name="folder">The folder.</param>
internal sealed class RuntimeFiles(string folder)
{
    private static readonly string[] RuntimeIds = [.. Candidates().Distinct(StringComparer.Ordinal)];

    public string Folder { get; } = folder;

    public string? FindManaged(string name)
    {
        string file = name + ".dll";
        foreach (string id in RuntimeIds)
        {
            string lib = Path.Combine(Folder, "runtimes", id, "lib");
            string? best = Directory.Exists(lib)
                ? Directory.EnumerateDirectories(lib).Select(framework => Path.Combine(framework, file)).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault()
                : null;
            if (best is not null)
            {
                return best;
            }
        }

        return Existing(Path.Combine(Folder, file));
    }

    public string? FindNative(string name)
    {
        string[] names = [name, $"lib{name}.so", $"lib{name}.dylib", $"{name}.so", $"{name}.dylib", $"{name}.dll"];
        IEnumerable<string> folders = RuntimeIds.Select(id => Path.Combine(Folder, "runtimes", id, "native")).Append(Folder);
        return folders.SelectMany(place => names.Select(file => Path.Combine(place, file))).FirstOrDefault(File.Exists);
    }

    private static string? Existing(string path) => File.Exists(path) ? path : null;

    private static IEnumerable<string> Candidates()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        yield return RuntimeInformation.RuntimeIdentifier;
        foreach (string system in Systems())
        {
            yield return $"{system}-{architecture}";
            yield return system;
        }
    }

    private static IEnumerable<string> Systems()
    {
        if (OperatingSystem.IsWindows())
        {
            yield return "win";
            yield break;
        }

        if (OperatingSystem.IsLinux())
        {
            // Alpine's own libc: its files come first there, and must not be tried elsewhere.
            if (RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
                || RuntimeInformation.RuntimeIdentifier.StartsWith("alpine", StringComparison.Ordinal))
            {
                yield return "linux-musl";
                yield return "alpine";
            }

            yield return "linux";
        }
        else if (OperatingSystem.IsMacOS())
        {
            yield return "osx";
        }

        yield return "unix";
    }
}
