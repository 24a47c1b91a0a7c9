using System.Reflection;
using System.Runtime.Loader;

namespace SafeDb.Loader;

/// <summary>
/// Holds the cmdlets and everything with third-party dependencies, so that another module's version of a driver in the same session cannot clash with SafeDb's.
/// <c>SafeDb.Core</c> stays in the default context: its types are what users name and what travels through the pipeline.
/// </summary>
/// <remarks>
/// <c>AssemblyDependencyResolver</c> is not used: it fails where PowerShell is hosted natively (WinRM remoting, PowerShell issue 11238).
/// </remarks>
public sealed class SafeDbLoadContext : AssemblyLoadContext
{
    private const string EntryAssembly = "SafeDb.PowerShell";
    private const string CoreAssembly = "SafeDb.Core";

    private static readonly object Gate = new();
    private static SafeDbLoadContext? _instance;

    private readonly RuntimeFiles _files;

    private SafeDbLoadContext(RuntimeFiles files)
        : base("SafeDb", isCollectible: false) => _files = files;

    /// <summary>Makes the context once per process and gives the assembly that holds the cmdlets.</summary>
    /// <param name="folder">The folder of SafeDb's assemblies.</param>
    /// <exception cref="InvalidOperationException">SafeDb was loaded from another folder before: .NET cannot replace it within a process.</exception>
    public static Assembly Initialize(string folder)
    {
        string full = Path.GetFullPath(folder);
        lock (Gate)
        {
            if (_instance is null)
            {
                _instance = new SafeDbLoadContext(new RuntimeFiles(full));
                Default.Resolving += _instance.ResolveForCore;

                // At once, not when a cmdlet first needs it: its types can be named as soon as the module is imported.
                _ = _instance.LoadFromAssemblyName(new AssemblyName(CoreAssembly));
            }
            else if (!string.Equals(_instance._files.Folder, full, StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"This session already uses SafeDb from {_instance._files.Folder}. Start a new session to use the one in {full}.");
            }

            return _instance.LoadFromAssemblyName(new AssemblyName(EntryAssembly));
        }
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        ArgumentNullException.ThrowIfNull(assemblyName);
        string name = assemblyName.Name ?? string.Empty;
        if (name == typeof(SafeDbLoadContext).Assembly.GetName().Name)
        {
            return typeof(SafeDbLoadContext).Assembly;
        }

        if (name == CoreAssembly)
        {
            return Default.LoadFromAssemblyPath(Path.Combine(_files.Folder, CoreAssembly + ".dll"));
        }

        if (PlatformAssemblies.Satisfies(assemblyName))
        {
            return null;
        }

        return _files.FindManaged(name) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _files.FindNative(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    // Core's one package, which PowerShell ships too: 7.6 in a version that fits, 7.4 and 7.5 in an older one. The default context asks here only after it found none that fits.
    private Assembly? ResolveForCore(AssemblyLoadContext context, AssemblyName name) =>
        name.Name == "System.Security.Cryptography.Pkcs" && _files.FindManaged(name.Name) is { } path ? LoadFromAssemblyPath(path) : null;
}
