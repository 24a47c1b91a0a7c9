using System.CommandLine;

using SafeDb.Cli.Output;
using SafeDb.Errors;

namespace SafeDb.Cli.Hosting;

/// <summary>Runs verbs: one place for output, errors, exit codes and the answer to a stop.</summary>
internal sealed class VerbRunner(CliHost host, GlobalOptions options)
{
    /// <summary>Gives a command its work.</summary>
    public Command Bind(Command command, Func<ParseResult, VerbSession, CancellationToken, Task<VerbResult>> work)
    {
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, work, cancellationToken));
        return command;
    }

    /// <summary>Tells of a failure, and gives its exit code.</summary>
    public int Fail(Exception problem, bool json)
    {
        SafeDbError error = ErrorOf(problem);
        host.Tell(error);
        if (json)
        {
            host.Out.WriteLine(JsonDocuments.Error(error));
        }

        return ExitCodes.Of(error.Kind);
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<ParseResult, VerbSession, CancellationToken, Task<VerbResult>> work, CancellationToken cancellationToken)
    {
        bool json = parsed.GetValue(options.Output) == "json";
        var observer = new ConsoleObserver(host, parsed.GetValue(options.Verbose), TimeProvider.System);
        using CancellationTokenRegistration stopping = cancellationToken.Register(() => observer.OnMessage(Observation.MessageLevel.Warning, "Stopping; waiting for the clean-up."));
        try
        {
            var session = new VerbSession(host, options, parsed, observer);
            VerbResult result = await work(parsed, session, cancellationToken).ConfigureAwait(false);
            observer.Close();
            Write(result, session, json);
            return result.ExitCode;
        }
        catch (Exception problem)
        {
            observer.Close();
            return Fail(problem is not SafeDbException && cancellationToken.IsCancellationRequested ? Stopped(problem) : problem, json);
        }
    }

    private void Write(VerbResult result, VerbSession session, bool json)
    {
        if (json)
        {
            host.Out.WriteLine(result.Json?.Invoke() ?? (result.Document is { } document ? JsonDocuments.Of(document) : session.Foreseen is { } plan ? JsonDocuments.WhatIf(plan) : "null"));
        }
        else if (result.Document is not null)
        {
            var view = new TextView(host);
            host.Out.Write(result.Text?.Invoke(view) ?? view.Render(result.Document));
        }
    }

    // A stop that has something to say (where the safety backup lies) holds the error that says it.
    private static SafeDbException Stopped(Exception problem) =>
        problem.InnerException is SafeDbException { Error.Kind: ErrorKind.Cancelled } said ? said : GeneralErrors.Cancelled.Caused(problem);

    private static SafeDbError ErrorOf(Exception problem) => problem switch
    {
        SafeDbException known => known.Error,
        OperationCanceledException => GeneralErrors.Cancelled.Error(),
        _ => GeneralErrors.Bug.Error($"{problem.GetType().Name}: {problem.Message}"),
    };
}
