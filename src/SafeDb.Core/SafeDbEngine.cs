using SafeDb.Configuration;
using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb;

/// <summary>Everything that the use cases need from outside, put together once by a front end (its composition root).</summary>
/// <param name="Engines">The database engines.</param>
/// <param name="Stores">The kinds of destination.</param>
/// <param name="Clock">The time.</param>
public sealed record SafeDbEngine(EngineRegistry Engines, StoreRegistry Stores, TimeProvider Clock)
{
    /// <summary>Version of SafeDb, as it stands in manifests and evidence.</summary>
    public static string Version { get; } = typeof(SafeDbEngine).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>A resolver of database names for a configuration.</summary>
    public DatabaseResolver Resolver(SafeDbConfiguration configuration) => new(Engines, configuration);
}
