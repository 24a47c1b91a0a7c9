using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb.Cli;

/// <summary>Puts the engine together for the command line.</summary>
internal static class Composition
{
    public static SafeDbEngine Create() => new(new EngineRegistry([]), new StoreRegistry([]), TimeProvider.System);
}
