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
    public DatabaseAddress Parse(string text) => Find(text) ?? throw AddressErrors.NotUnderstood.Exception();

    /// <summary>Whether a text is an address of one of the engines; a folder is not.</summary>
    public bool IsAddress(string text) => Find(text) is not null;

    private DatabaseAddress? Find(string text) => _providers.Select(provider => provider.TryParse(text)).FirstOrDefault(address => address is not null);
}
