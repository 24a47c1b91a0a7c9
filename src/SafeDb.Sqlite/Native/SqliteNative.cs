using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.InteropServices;

using SQLitePCL;

namespace SafeDb.Sqlite.Native;

/// <summary>
/// Chooses the SQLite library of this process once: the bundled one, or the system's when that is newer and has everything that the bundled one has.
/// The choice is made in the resolver of the driver's own assembly, so it also holds inside a custom AssemblyLoadContext.
/// <c>SAFEDB_SQLITE</c> overrides it: <c>bundled</c>, <c>system</c>, or the path of a library.
/// </summary>
internal static unsafe class SqliteNative
{
    internal const string Override = "SAFEDB_SQLITE";
    private const string BundledName = "e_sqlite3";

    /// <summary>Features that databases depend on; a library without them cannot read every file.</summary>
    private static readonly string[] Features = ["ENABLE_FTS5", "ENABLE_RTREE", "ENABLE_COLUMN_METADATA"];

    private static readonly Lazy<nint> Chosen = new(Initialize);

    /// <summary>The loaded library.</summary>
    public static nint Library => Chosen.Value;

    /// <summary>Version as a number: 3040001 for 3.40.1.</summary>
    public static int Version => VersionOf(Library);

    /// <summary>Makes sure that the driver uses the chosen library. Must run before anything touches the driver.</summary>
    public static void EnsureLoaded() => _ = Chosen.Value;

    /// <summary>Where a function of the library is, or 0 when this version lacks it.</summary>
    public static nint Find(string function) => NativeLibrary.TryGetExport(Library, function, out nint address) ? address : 0;

    private static nint Initialize()
    {
        Assembly driver = typeof(SQLite3Provider_e_sqlite3).Assembly;
        string? wish = Environment.GetEnvironmentVariable(Override);
        if (IsDriverInUse()) return KeepBundled(wish, driver);
        nint library = Choose(wish, driver);
        try
        {
            NativeLibrary.SetDllImportResolver(driver, (name, _, _) => name == BundledName ? library : 0);
        }
        catch (InvalidOperationException e)
        {
            throw SqliteErrors.NativeLibrary.Caused(e, "another component of this process has already chosen a library for the same driver");
        }

        Batteries_V2.Init();
        return library;
    }

    /// <summary>Whether the host has used the driver before us. Its functions are bound one by one at their first call, so another library now would be handed the statements of the first.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The driver throws a bare Exception while it has no provider.")]
    private static bool IsDriverInUse()
    {
        try
        {
            _ = raw.sqlite3_libversion_number();
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static nint KeepBundled(string? wish, Assembly driver)
    {
        if (!string.IsNullOrEmpty(wish) && !wish.Equals("bundled", StringComparison.OrdinalIgnoreCase))
            throw SqliteErrors.NativeLibrary.Exception($"{Override} asks for another one than the driver uses in this process already");
        nint library = LoadBundled(driver);
        return library != 0 ? library : throw SqliteErrors.NativeLibrary.Exception("the driver is in use with a library that is not the bundled one");
    }

    private static nint Choose(string? wish, Assembly driver)
    {
        if (string.IsNullOrEmpty(wish)) return Newer(LoadBundled(driver), LoadSystem());
        nint library = wish.ToLowerInvariant() switch
        {
            "bundled" => LoadBundled(driver),
            "system" => LoadSystem(),
            _ => NativeLibrary.TryLoad(wish, out nint handle) && IsSqlite(handle) ? handle : 0,
        };
        return library != 0 ? library : throw SqliteErrors.NativeLibrary.Exception($"{Override} asks for one that cannot be loaded");
    }

    private static nint Newer(nint bundled, nint system)
    {
        if (bundled == 0 && system == 0) throw SqliteErrors.NativeLibrary.Exception("neither the bundled nor the system's library can be loaded");
        if (bundled == 0) return system;
        if (system == 0) return bundled;
        return VersionOf(system) > VersionOf(bundled) && Features.All(feature => Has(system, feature) || !Has(bundled, feature)) ? system : bundled;
    }

    private static nint LoadBundled(Assembly driver) => NativeLibrary.TryLoad(BundledName, driver, null, out nint handle) && IsSqlite(handle) ? handle : 0;

    private static nint LoadSystem()
    {
        string[] names = OperatingSystem.IsWindows() ? ["winsqlite3.dll"]
            : OperatingSystem.IsMacOS() ? ["/usr/lib/libsqlite3.dylib"]
            : ["libsqlite3.so.0", "libsqlite3.so"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle) && IsSqlite(handle)) return handle;
        }

        return 0;
    }

    private static bool IsSqlite(nint library) => NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out _);

    private static int VersionOf(nint library) => ((delegate* unmanaged[Cdecl]<int>)NativeLibrary.GetExport(library, "sqlite3_libversion_number"))();

    private static bool Has(nint library, string option)
    {
        if (!NativeLibrary.TryGetExport(library, "sqlite3_compileoption_used", out nint function)) return false;
        nint text = Marshal.StringToCoTaskMemUTF8(option);
        try
        {
            return ((delegate* unmanaged[Cdecl]<nint, int>)function)(text) != 0;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }
}
