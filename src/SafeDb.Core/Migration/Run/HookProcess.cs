using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SafeDb.Migration.Run;

/// <summary>Runs one command line of the configuration through the system's shell, with a limit in time; what it prints is not kept, because it may hold secrets.</summary>
internal static class HookProcess
{
    public static async Task<int> RunAsync(string line, string moment, TimeSpan timeout, IReadOnlyDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        using Process process = Start(line, moment, variables);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw MigrationErrors.HookFailed.Exception(moment, $"a command did not end within {Configuration.Duration.Format(timeout)} and was ended.");
        }
    }

    private static Process Start(string line, string moment, IReadOnlyDictionary<string, string> variables)
    {
        bool windows = OperatingSystem.IsWindows();
        var start = new ProcessStartInfo(windows ? "cmd.exe" : "/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(windows ? "/c" : "-c");
        start.ArgumentList.Add(line);
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            Process process = Process.Start(start)!;

            // Nobody answers: a hook that asks gets the end of its input instead of waiting.
            process.StandardInput.Close();
            return process;
        }
        catch (Exception failure) when (failure is ExternalException or PlatformNotSupportedException)
        {
            throw MigrationErrors.HookFailed.Caused(failure, moment, $"this host cannot start a command: {failure.Message}");
        }
    }
}
