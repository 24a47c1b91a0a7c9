using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb.PowerShell;

/// <summary>Puts the engine together for the cmdlets. Holds nothing: every cmdlet gets its own.</summary>
internal static class Composition
{
    public static SafeDbEngine Create() => new(new EngineRegistry([]), new StoreRegistry([]), TimeProvider.System);
}
