using System.CommandLine;

using SafeDb.Cli.Hosting;

namespace SafeDb.Cli;

/// <summary>The <c>safedb</c> command: its verbs, and how a command line runs.</summary>
internal static class SafeDbApp
{
    /// <summary>Runs a command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliHost host, CancellationToken cancellationToken)
    {
        var options = new GlobalOptions();
        var runner = new VerbRunner(host, options);
        RootCommand root = Root(options, runner);
        ParseResult parsed = root.Parse(arguments);
        IReadOnlyList<string> problems = UsageProblems.Of(root, parsed);
        if (problems.Count > 0)
        {
            bool json = arguments.SkipWhile(argument => argument != "--output").Skip(1).FirstOrDefault() == "json" || arguments.Contains("--output=json", StringComparer.Ordinal);
            return runner.Fail(CliErrors.Usage.Exception(string.Join(' ', problems)), json);
        }

        // No termination timeout: the host's own signals cancel the token, and the clean-up is always awaited.
        var configuration = new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The whole command, for parsing and for tests of its shape.</summary>
    internal static RootCommand Root(GlobalOptions options, VerbRunner runner)
    {
        var root = new RootCommand("SafeDb changes production databases safely: backup, proved restore, risk analysis, rehearsed migration, rollback, evidence.");
        foreach (Option option in options.All)
        {
            root.Add(option);
        }

        foreach (Command verb in VerbCatalogue.All(runner))
        {
            root.Add(verb);
        }

        // Without a verb there is nothing to do; say what there is.
        root.SetAction(parsed =>
        {
            root.Parse(["--help"]).Invoke(parsed.InvocationConfiguration);
            return ExitCodes.Usage;
        });
        return root;
    }
}
