using SafeDb.Addresses;
using SafeDb.Providers;

namespace SafeDb.Configuration;

/// <summary>A database as a command means it: its address, the settings that belong to it and the policy that holds.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Settings">Its settings, or null when it is not configured.</param>
/// <param name="Policy">The policy.</param>
public sealed record ResolvedDatabase(DatabaseAddress Address, DatabaseSettings? Settings, Policy Policy)
{
    private Lazy<DatabaseAddress?> _scratch = new((DatabaseAddress?)null);

    /// <summary>Where drills and rehearsals of a configured database may create databases; null when its settings do not say.</summary>
    public DatabaseAddress? Scratch => _scratch.Value;

    /// <summary>The same database with its scratch place, which is read only when it is used: its variables need not be there for work without a copy.</summary>
    internal ResolvedDatabase WithScratch(Func<DatabaseAddress> scratch) => this with { _scratch = new Lazy<DatabaseAddress?>(scratch) };
}

/// <summary>Turns what the caller wrote after <c>-Database</c> into a database.</summary>
/// <param name="engines">The engines of this process.</param>
/// <param name="configuration">The configuration.</param>
public sealed class DatabaseResolver(EngineRegistry engines, SafeDbConfiguration configuration)
{
    /// <summary>
    /// Resolves a name of the configuration, an address, or nothing (then <c>DATABASE_URL</c>, then the default database). When <c>DATABASE_URL</c> is the address of a configured database,
    /// that database is meant with everything that its entry says: its policy, its migrations, its destination.
    /// </summary>
    /// <param name="text">What the caller wrote, or null.</param>
    /// <param name="environment">The caller's <c>-Environment</c>, which wins over the database's own, or null.</param>
    /// <param name="lookup">Reads an environment variable; the process environment when null.</param>
    public ResolvedDatabase Resolve(string? text, string? environment, Func<string, string?>? lookup = null)
    {
        lookup ??= Environment.GetEnvironmentVariable;
        if (string.IsNullOrWhiteSpace(text))
        {
            text = lookup("DATABASE_URL") is { Length: > 0 } url ? NameOf(url, lookup) ?? url : configuration.DefaultDatabase ?? throw AddressErrors.Missing.Exception();
        }

        if (configuration.Databases.TryGetValue(text, out DatabaseSettings? settings))
        {
            DatabaseAddress parsed = AddressOf(text, settings, lookup);
            var named = new DatabaseAddress(parsed.Engine, parsed.GetConnectionString(), parsed.Display, parsed.DatabaseName) { ConfiguredName = text };
            var configured = new ResolvedDatabase(named, settings, PolicyOf(environment ?? settings.Environment));
            return settings.Scratch is { } scratch
                ? configured.WithScratch(() => engines.Parse(RelativeAddress.Resolve(
                    EnvironmentValues.Expand(scratch, $"scratch of database {text}", lookup), configuration.Folder ?? Environment.CurrentDirectory)))
                : configured;
        }

        return new ResolvedDatabase(engines.Parse(text), null, PolicyOf(environment));
    }

    private DatabaseAddress AddressOf(string name, DatabaseSettings settings, Func<string, string?> lookup) =>
        engines.Parse(RelativeAddress.Resolve(EnvironmentValues.Expand(settings.Address, $"database {name}", lookup), configuration.Folder ?? Environment.CurrentDirectory));

    // One entry, or the default one among several: which of two policies holds is nothing to guess.
    private string? NameOf(string url, Func<string, string?> lookup)
    {
        if (configuration.Databases.ContainsKey(url))
        {
            return url;
        }

        DatabaseAddress wanted = engines.Parse(url);
        string[] names = [.. configuration.Databases.Where(entry => IsAt(entry.Key, entry.Value, wanted, lookup)).Select(entry => entry.Key)];
        return names.Length == 1 ? names[0] : names.FirstOrDefault(name => string.Equals(name, configuration.DefaultDatabase, StringComparison.OrdinalIgnoreCase));
    }

    private bool IsAt(string name, DatabaseSettings settings, DatabaseAddress wanted, Func<string, string?> lookup)
    {
        try
        {
            DatabaseAddress address = AddressOf(name, settings, lookup);
            return address.Engine == wanted.Engine && address.GetConnectionString() == wanted.GetConnectionString();
        }
        catch (Errors.SafeDbException)
        {
            // An entry whose variables are not set, or whose address is wrong, is not the one; it says so itself when it is named.
            return false;
        }
    }

    /// <summary>The policy of an environment; without one, that of production.</summary>
    public Policy PolicyOf(string? environment) => environment switch
    {
        null => configuration.Environments.GetValueOrDefault("production", Policy.Production),
        _ when configuration.Environments.Count == 0 && environment.Equals("production", StringComparison.OrdinalIgnoreCase) => Policy.Production,
        _ => ConfigurationLoader.Find(configuration.Environments, "environment", environment),
    };
}
