using System.ComponentModel;
using System.Diagnostics;

namespace SafeDb.Schedules;

/// <summary>What a program answered.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record ProgramResult(int ExitCode, string Output, string Error);

/// <summary>Runs the platform's own programs (<c>crontab</c>, <c>systemctl</c>, <c>schtasks</c>).</summary>
public interface IProgramRunner
{
    /// <summary>Whether a program of this name can be found.</summary>
    bool Exists(string program);

    /// <summary>Runs a program to its end.</summary>
    Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken);
}

/// <summary>Runs programs of this machine.</summary>
public sealed class ProgramRunner : IProgramRunner
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public bool Exists(string program)
    {
        string file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, file)));
    }

    /// <inheritdoc/>
    public async Task<ProgramResult> RunAsync(string program, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // Its messages are parsed: the language of the session must not matter.
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        try
        {
            using Process process = Process.Start(start)!;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Limit);
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token).ConfigureAwait(false);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new ProgramResult(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (Win32Exception missing)
        {
            throw ScheduleErrors.NoScheduler.Caused(missing, program);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw ScheduleErrors.Refused.Caused(late, program, "no end", $"it did not end within {Limit.TotalSeconds:0} seconds");
        }
    }
}
