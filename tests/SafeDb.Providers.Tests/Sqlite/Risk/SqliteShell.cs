using System.Diagnostics;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>Runs scripts in the sqlite3 shell, the oracle that is not ours. Skips the test with the reason when the shell is missing.</summary>
internal static class SqliteShell
{
    private static readonly Lazy<string?> Version = new(ReadVersion);

    /// <summary>The shell's version as 3040001; skips the test when there is none or it is older than needed.</summary>
    public static int RequireVersion(int since = 3_040_000)
    {
        Assert.SkipWhen(Version.Value is null, "The sqlite3 shell is not on PATH.");
        int[] parts = [.. Version.Value!.Split(' ')[0].Split('.').Select(int.Parse)];
        int version = (parts[0] * 1_000_000) + (parts[1] * 1000) + parts[2];
        Assert.SkipWhen(version < since, $"The sqlite3 shell is {Version.Value}; the test needs {since}.");
        return version;
    }

    /// <summary>What the shell prints, errors included, on one line.</summary>
    public static string Run(string script, string database = ":memory:")
    {
        var start = new ProcessStartInfo("sqlite3", ["-batch", database]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(script);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return string.Join(' ', (errors.Result + output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private static string? ReadVersion()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("sqlite3", ["--version"]) { UseShellExecute = false, RedirectStandardOutput = true })!;
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
