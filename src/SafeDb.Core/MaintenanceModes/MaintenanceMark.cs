using System.Text.Json;
using System.Text.Json.Serialization;

namespace SafeDb.MaintenanceModes;

/// <summary>What an engine keeps with the database while maintenance is on: enough to show it, and to restore what was there before.</summary>
/// <param name="Since">Since when, in UTC.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who.</param>
public sealed record MaintenanceMark(DateTimeOffset Since, string Reason, string By)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>The run that it belongs to, or null.</summary>
    public string? RunId { get; init; }

    /// <summary>The engine's own setting that maintenance took the place of, or null when there was none.</summary>
    public string? Previous { get; init; }

    /// <summary>The mark of a request.</summary>
    public static MaintenanceMark Of(MaintenanceRequest request) => new(request.At, request.Reason, request.By) { RunId = request.RunId };

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>From JSON; null when the text is no mark.</summary>
    public static MaintenanceMark? FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<MaintenanceMark>(text, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
