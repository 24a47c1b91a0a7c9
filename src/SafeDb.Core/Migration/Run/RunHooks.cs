using System.Net.Http.Json;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Plan;

namespace SafeDb.Migration.Run;

/// <summary>Commands, callbacks, webhooks and health checks around a run.</summary>
/// <param name="log">The run's log.</param>
/// <param name="command">The run's command with its settings.</param>
/// <param name="http">For webhooks and health checks.</param>
internal sealed class RunHooks(RunLog log, MigrationCommand command, HttpClient http)
{
    private readonly HookSettings _settings = command.Settings?.Hooks ?? new HookSettings();

    /// <summary>Runs the hooks of a moment in order, the callback last; the first failure is thrown as <see cref="MigrationErrors.HookFailed"/>.</summary>
    public async Task RunAsync(RunMoment moment, MigrationRun run, CancellationToken cancellationToken)
    {
        foreach (string line in Commands(moment))
        {
            int code = await ExecuteAsync(line, moment, run, cancellationToken).ConfigureAwait(false);
            log.Say("hook", $"a command of the moment '{Name(moment)}' ended with {code}");
            if (code != 0)
            {
                throw MigrationErrors.HookFailed.Exception(Name(moment), $"a command ended with exit code {code}.");
            }
        }

        if (command.Callback is { } callback)
        {
            await CallAsync(callback, moment, run, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs hooks whose failure changes nothing any more; answers the warnings.</summary>
    public async Task<IReadOnlyList<string>> TryRunAsync(RunMoment moment, MigrationRun run)
    {
        try
        {
            await RunAsync(moment, run, CancellationToken.None).ConfigureAwait(false);
            return [];
        }
        catch (SafeDbException failure)
        {
            return [failure.Message];
        }
    }

    /// <summary>Asks the health checks: an address must answer 2xx, a command must end with 0.</summary>
    public async Task<IReadOnlyList<CheckResult>> HealthAsync(MigrationRun run, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        for (int i = 0; i < _settings.HealthChecks.Count; i++)
        {
            string check = _settings.HealthChecks[i];
            results.Add(IsAddress(check)
                ? await AskAsync(check, cancellationToken).ConfigureAwait(false)
                : await CheckCommandAsync(check, i + 1, run, cancellationToken).ConfigureAwait(false));
        }

        return results;
    }

    /// <summary>Posts the run's summary; answers the warnings.</summary>
    public async Task<IReadOnlyList<string>> NotifyAsync(MigrationRun run)
    {
        var warnings = new List<string>();
        foreach (string address in _settings.Webhooks)
        {
            try
            {
                using var limit = new CancellationTokenSource(_settings.Timeout);
                using HttpResponseMessage answer = await http.PostAsJsonAsync(new Uri(address), RunSummary.Of(run), limit.Token).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                {
                    warnings.Add($"The webhook {Shown(address)} answered {(int)answer.StatusCode}.");
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or UriFormatException or OperationCanceledException)
            {
                warnings.Add($"The webhook {Shown(address)} was not reached: {failure.Message}");
            }
        }

        return warnings;
    }

    private async Task<CheckResult> AskAsync(string address, CancellationToken cancellationToken)
    {
        string name = $"health check {Shown(address)}";
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(_settings.Timeout);
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address), limit.Token).ConfigureAwait(false);
            return new CheckResult(name, "after", answer.IsSuccessStatusCode, $"status {(int)answer.StatusCode}");
        }
        catch (Exception failure) when (failure is HttpRequestException or UriFormatException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new CheckResult(name, "after", false, failure.Message);
        }
    }

    private async Task<CheckResult> CheckCommandAsync(string line, int number, MigrationRun run, CancellationToken cancellationToken)
    {
        string name = $"health check command {number}";
        try
        {
            int code = await ExecuteAsync(line, RunMoment.After, run, cancellationToken).ConfigureAwait(false);
            return new CheckResult(name, "after", code == 0, $"exit code {code}");
        }
        catch (SafeDbException failure)
        {
            return new CheckResult(name, "after", false, failure.Message);
        }
    }

    private static async Task CallAsync(RunCallback callback, RunMoment moment, MigrationRun run, CancellationToken cancellationToken)
    {
        try
        {
            await callback(moment, run, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (SafeDbException or OperationCanceledException))
        {
            throw MigrationErrors.HookFailed.Caused(failure, Name(moment), failure.Message);
        }
    }

    private Task<int> ExecuteAsync(string line, RunMoment moment, MigrationRun run, CancellationToken cancellationToken) => new ShellCommand(
        line, (reason, cause) => cause is null ? MigrationErrors.HookFailed.Exception(Name(moment), reason) : MigrationErrors.HookFailed.Caused(cause, Name(moment), reason))
    {
        Timeout = _settings.Timeout,
        Variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SAFEDB_RUN_ID"] = log.RunId, ["SAFEDB_MOMENT"] = Name(moment), ["SAFEDB_OUTCOME"] = moment == RunMoment.Before ? "" : run.Outcome.ToString(),
            ["SAFEDB_DATABASE"] = run.Database, ["SAFEDB_MIGRATIONS"] = string.Join(',', run.Migrations.Select(step => step.Id)),
        },
    }.RunAsync(cancellationToken);

    private IReadOnlyList<string> Commands(RunMoment moment) => moment switch
    {
        RunMoment.Before => _settings.Before,
        RunMoment.After => _settings.After,
        _ => _settings.Failure,
    };

    private static string Name(RunMoment moment) => moment.ToString().ToLowerInvariant();

    private static bool IsAddress(string check) => check.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || check.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Only the host: paths and queries of webhooks are often secrets.</summary>
    private static string Shown(string address) => Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) ? uri.GetLeftPart(UriPartial.Authority) : "address";
}

/// <summary>The summary of a run that webhooks get.</summary>
internal static class RunSummary
{
    public static object Of(MigrationRun run) => new
    {
        runId = run.RunId, database = run.Database, outcome = run.Outcome.ToString(), succeeded = run.Succeeded, startedAt = run.StartedAt, seconds = Math.Round(run.Duration.TotalSeconds, 3),
        migrations = run.Migrations.Select(step => step.Id).ToArray(), wayBack = run.WayBack?.Way, error = run.Error?.Id, message = run.Error?.Message,
        closedGates = run.Gates.Where(gate => gate.Answer == GateAnswer.Closed).Select(gate => gate.Id).ToArray(),
    };
}
