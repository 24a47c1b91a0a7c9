using System.Reflection;

namespace SafeDb.Loader;

/// <summary>
/// The assemblies that the host brought along. A <c>System.*</c> assembly that the host has in a version that suffices is taken from there, so that its types are the same ones
/// on both sides of the load context's border; anything else comes from SafeDb's own folder.
/// </summary>
internal static class PlatformAssemblies
{
    private static readonly Dictionary<string, string> Paths = Read();

    public static bool Satisfies(AssemblyName wanted) =>
        wanted.Name is { } name
        && name.StartsWith("System.", StringComparison.Ordinal)
        && Paths.TryGetValue(name, out string? path)
        && AssemblyName.GetAssemblyName(path).Version >= (wanted.Version ?? new Version(0, 0));

    private static Dictionary<string, string> Read()
    {
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        string list = AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") as string ?? string.Empty;
        foreach (string path in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        return paths;
    }
}
