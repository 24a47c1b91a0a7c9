using System.Diagnostics;
using System.Net.Http.Json;

using SafeDb.Configuration;
using SafeDb.Errors;

namespace SafeDb.Migration.Run;

/// <summary>Commands, webhooks and health checks around a run.</summary>
/// <param name="log">The run's log.</param>
/// <param name="http">For webhooks and health checks.</param>
internal sealed class RunHooks(RunLog log, HttpClient http)
{
    private static readonly TimeSpan CommandLimit = TimeSpan.FromMinutes(10);

    /// <summary>Runs commands in order; the first failure is thrown as <see cref="MigrationErrors.HookFailed"/>.</summary>
    public async Task RunAsync(IReadOnlyList<string> commands, string outcome, CancellationToken cancellationToken)
    {
        foreach (string command in commands)
        {
            int code = await ExecuteAsync(command, outcome, cancellationToken).ConfigureAwait(false);
            log.Say("hook", $"a command of the configuration ended with {code}");
            if (code != 0)
            {
                throw MigrationErrors.HookFailed.Exception($"it ended with exit code {code}.");
            }
        }
    }

    /// <summary>Runs commands whose failure changes nothing any more; answers the warnings.</summary>
    public async Task<IReadOnlyList<string>> TryRunAsync(IReadOnlyList<string> commands, string outcome)
    {
        try
        {
            await RunAsync(commands, outcome, CancellationToken.None).ConfigureAwait(false);
            return [];
        }
        catch (SafeDbException failure)
        {
            return [failure.Message];
        }
    }

    /// <summary>Asks the health checks; each must answer 2xx.</summary>
    public async Task<IReadOnlyList<CheckResult>> HealthAsync(HookSettings hooks, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (string address in hooks.HealthChecks)
        {
            string name = $"health check {Shown(address)}";
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri(address), cancellationToken).ConfigureAwait(false);
                results.Add(new CheckResult(name, "after", answer.IsSuccessStatusCode, $"status {(int)answer.StatusCode}"));
            }
            catch (Exception failure) when (failure is HttpRequestException or UriFormatException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                results.Add(new CheckResult(name, "after", false, failure.Message));
            }
        }

        return results;
    }

    /// <summary>Posts the run's summary; answers the warnings.</summary>
    public async Task<IReadOnlyList<string>> NotifyAsync(HookSettings hooks, MigrationRun run)
    {
        var warnings = new List<string>();
        foreach (string address in hooks.Webhooks)
        {
            try
            {
                var summary = new
                {
                    runId = run.RunId, database = run.Database, outcome = run.Outcome.ToString(), startedAt = run.StartedAt, seconds = Math.Round(run.Duration.TotalSeconds, 3),
                    migrations = run.Migrations.Select(step => step.Id).ToArray(), error = run.Error?.Id, message = run.Error?.Message,
                };
                using HttpResponseMessage answer = await http.PostAsJsonAsync(new Uri(address), summary, CancellationToken.None).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                {
                    warnings.Add($"The webhook {Shown(address)} answered {(int)answer.StatusCode}.");
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or UriFormatException or TaskCanceledException)
            {
                warnings.Add($"The webhook {Shown(address)} was not reached: {failure.Message}");
            }
        }

        return warnings;
    }

    /// <summary>Only the host: paths and queries of webhooks are often secrets.</summary>
    private static string Shown(string address) => Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) ? uri.GetLeftPart(UriPartial.Authority) : "address";

    private async Task<int> ExecuteAsync(string command, string outcome, CancellationToken cancellationToken)
    {
        bool windows = OperatingSystem.IsWindows();
        var start = new ProcessStartInfo(windows ? "cmd.exe" : "/bin/sh") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(windows ? "/c" : "-c");
        start.ArgumentList.Add(command);
        start.Environment["SAFEDB_RUN_ID"] = log.RunId;
        start.Environment["SAFEDB_OUTCOME"] = outcome;
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(CommandLimit);
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw MigrationErrors.HookFailed.Exception($"it did not end within {CommandLimit.TotalMinutes:0} minutes.");
        }
    }
}
