using SafeDb.Addresses;
using SafeDb.Errors;

namespace SafeDb.Providers;

/// <summary>The engines of this process. Front ends fill it; the rest of the engine asks it.</summary>
/// <param name="providers">One provider per engine.</param>
public sealed class EngineRegistry(IEnumerable<IDatabaseProvider> providers)
{
    private readonly IReadOnlyList<IDatabaseProvider> _providers = [.. providers];

    /// <summary>The provider of an engine.</summary>
    public IDatabaseProvider Get(DatabaseEngine engine) =>
        _providers.FirstOrDefault(provider => provider.Engine == engine) ?? throw AddressErrors.EngineMissing.Exception(engine);

    /// <summary>Reads an address by asking every provider.</summary>
    public DatabaseAddress Parse(string text) =>
        _providers.Select(provider => provider.TryParse(text)).FirstOrDefault(address => address is not null)
        ?? throw AddressErrors.NotUnderstood.Exception();
}
