using System.Diagnostics;
using System.Runtime.InteropServices;

using SafeDb.Errors;

namespace SafeDb.Migration.Run;

/// <summary>One command line, run through the system's shell.</summary>
/// <param name="Line">The command line.</param>
/// <param name="Failed">Makes the error of a command that cannot be started or that takes too long.</param>
internal sealed record ShellCommand(string Line, Func<string, Exception?, SafeDbException> Failed)
{
    /// <summary>How long it may take; null for as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The folder that it runs in, or null for the current one.</summary>
    public string? Folder { get; init; }

    /// <summary>Variables that are added to its environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Told every line that it prints; null to keep none of it, because it may hold secrets.</summary>
    public Action<string>? Said { get; init; }

    /// <summary>Runs it to its end; answers its exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using Process process = Start();
        void Take(object sender, DataReceivedEventArgs received)
        {
            if (received.Data is { Length: > 0 } text)
            {
                Said?.Invoke(text);
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (Timeout is { } timeout)
        {
            limit.CancelAfter(timeout);
        }

        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw Failed($"a command did not end within {Configuration.Duration.Format(Timeout!.Value)} and was ended.", null);
        }
    }

    private Process Start()
    {
        bool windows = OperatingSystem.IsWindows();
        var start = new ProcessStartInfo(windows ? "cmd.exe" : "/bin/sh")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder ?? "",
        };
        start.ArgumentList.Add(windows ? "/c" : "-c");
        start.ArgumentList.Add(Line);
        foreach ((string name, string value) in Variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            Process process = Process.Start(start)!;

            // Nobody answers: a command that asks gets the end of its input instead of waiting.
            process.StandardInput.Close();
            return process;
        }
        catch (Exception failure) when (failure is ExternalException or PlatformNotSupportedException)
        {
            throw Failed($"this host cannot start a command: {failure.Message}", failure);
        }
    }
}
