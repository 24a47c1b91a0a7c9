using System.Text.Json;

using SafeDb.Providers.Tests.Interop;

namespace SafeDb.Providers.Tests.Processes;

/// <summary>The <c>safedb</c> command as built, in a process of its own.</summary>
/// <param name="folder">Its working folder.</param>
internal sealed class SafeDbProgram(string folder)
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "safedb.dll");

    /// <summary>Runs a verb.</summary>
    public Task<PeerAnswer> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        PeerProgram.RunAsync("dotnet", [Program, .. arguments], environment, folder);

    /// <summary>The run that <c>--output json</c> printed: what stands on standard output from the first brace on, before what was told on standard error.</summary>
    public static JsonElement Json(PeerAnswer answer)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(answer.Output[answer.Output.IndexOf('{', StringComparison.Ordinal)..]), isFinalBlock: false, default);
        return JsonElement.ParseValue(ref reader);
    }
}
