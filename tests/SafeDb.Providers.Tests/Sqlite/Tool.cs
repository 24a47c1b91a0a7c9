using System.Diagnostics;

using Xunit;

namespace SafeDb.Providers.Tests.Sqlite;

/// <summary>The real tools that tests compare with.</summary>
internal static class Tool
{
    /// <summary>Runs SQL in the sqlite3 shell and returns what it prints. Skips the test where there is no shell.</summary>
    public static string Sqlite(string database, string script) => Run("sqlite3", script, "-batch", "-bail", database);

    public static Process Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip($"{file} is not installed");
            throw;
        }
    }

    public static string Run(string file, string input, params string[] arguments)
    {
        using Process process = Start(file, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{file} failed: {errors.GetAwaiter().GetResult()}");
        return output;
    }
}
