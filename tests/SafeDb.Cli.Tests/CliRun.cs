using System.Text.Json;

using SafeDb.Addresses;
using SafeDb.Cli.Hosting;
using SafeDb.Engines;

namespace SafeDb.Cli.Tests;

/// <summary>A run of the command line inside the test's process, with everything that it wrote.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public static async Task<CliRun> Of(
        IReadOnlyList<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? variables = null, string? answer = null, CancellationToken? stop = null,
        Action<DatabaseEngine, string>? prepare = null, StringWriter? errors = null)
    {
        using var output = new StringWriter();
        using StringWriter error = errors ?? new StringWriter();
        var host = new CliHost
        {
            Out = output,
            Error = error,
            In = new StringReader(answer ?? string.Empty),
            CanAsk = answer is not null,
            Folder = folder ?? Path.GetTempPath(),
            Variable = name => variables?.GetValueOrDefault(name),
            Engine = new Lazy<SafeDbEngine>(Composition.Create),
            Prepare = prepare ?? ((_, _) => { }),
        };
        int exitCode = await SafeDbApp.RunAsync(arguments, host, stop ?? TestContext.Current.CancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }
}
