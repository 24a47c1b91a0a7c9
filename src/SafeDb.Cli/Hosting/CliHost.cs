using SafeDb.Addresses;
using SafeDb.Cli.Output;
using SafeDb.Engines;
using SafeDb.Errors;

namespace SafeDb.Cli.Hosting;

/// <summary>What the command line needs from its process, so that tests can run it without one.</summary>
internal sealed record CliHost
{
    /// <summary>Takes results: the one JSON document, or text.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Takes logs, progress and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Gives answers to questions.</summary>
    public required TextReader In { get; init; }

    /// <summary>Folder that relative paths start from.</summary>
    public required string Folder { get; init; }

    /// <summary>Reads an environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The engine, made when a verb needs it.</summary>
    public required Lazy<SafeDbEngine> Engine { get; init; }

    /// <summary>Told of a database's engine and of where its archives lie before either is reached, so that a process can arrange itself.</summary>
    public Action<DatabaseEngine, string> Prepare { get; init; } = (_, _) => { };

    /// <summary>Whether somebody sits at the keyboard to answer.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Whether results go to a terminal: tables get their borders and colours there.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether progress goes to a terminal that can rewrite its line.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Width of a line of text output.</summary>
    public int Width { get; init; } = 160;

    /// <summary>Tells of a failure on standard error.</summary>
    public void Tell(SafeDbError problem)
    {
        SafeDbError error = CommandLineWords.Of(problem);
        Error.WriteLine($"error {error.Id}: {(error.Location is { } location ? $"{location}: " : string.Empty)}{error.Message}");
        Error.WriteLine(error.RecommendedAction);
    }

    /// <summary>The host of this process.</summary>
    public static CliHost OfProcess()
    {
        // https://no-color.org: any value switches colours off. A dumb terminal cannot rewrite a line either.
        bool plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new CliHost
        {
            Out = Console.Out,
            Error = Console.Error,
            In = Console.In,
            Folder = Environment.CurrentDirectory,
            Variable = Environment.GetEnvironmentVariable,
            Engine = new Lazy<SafeDbEngine>(Composition.Create),
            Prepare = (engine, archives) => SocketCompletions.InWatchingThread(engine, archives, Environment.GetEnvironmentVariable, Environment.SetEnvironmentVariable),
            CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
            OutIsTerminal = !Console.IsOutputRedirected && !plain,
            ErrorIsTerminal = !Console.IsErrorRedirected && !plain,
            Width = Console.IsOutputRedirected ? 160 : Math.Max(60, Console.WindowWidth),
        };
    }
}
