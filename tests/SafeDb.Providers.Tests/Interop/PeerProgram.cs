using System.Diagnostics;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>What a peer's program said.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Both of its streams.</param>
public sealed record PeerAnswer(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs the programs that npm installed under <c>tests/interop</c>; skips the test, with the reason, where they are not.</summary>
internal static class PeerProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>A file of a peer's package.</summary>
    public static string File(string package, params string[] path)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !System.IO.File.Exists(Path.Combine(root, "SafeDb.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        string folder = Path.Combine(root ?? "", "tests", "interop", package);
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules")), $"{package} is not installed: run npm ci in tests/interop/{package}.");
        return Path.Combine([folder, .. path]);
    }

    public static async Task<PeerAnswer> RunAsync(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder ?? Path.GetTempPath() };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start.");
        using var limit = new CancellationTokenSource(Limit);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new PeerAnswer(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException late)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{file} {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds:0} s.", late);
        }
    }
}
