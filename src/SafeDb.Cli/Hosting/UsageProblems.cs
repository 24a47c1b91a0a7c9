using System.CommandLine;
using System.CommandLine.Parsing;

namespace SafeDb.Cli.Hosting;

/// <summary>What is wrong with a command line, in one sentence for each kind of mistake, with what was probably meant.</summary>
internal static class UsageProblems
{
    /// <summary>The problems; none when the line can run.</summary>
    public static IReadOnlyList<string> Of(RootCommand root, ParseResult parsed)
    {
        // An unknown option would be taken for a database or a path, and the verb would work on something else than was meant.
        string[] taken = [.. parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value).Where(IsOption)];
        string[] unknown = [.. taken.Concat(parsed.UnmatchedTokens)];
        string[] others = [.. parsed.Errors.Select(error => error.Message).Except(parsed.UnmatchedTokens.Select(token => $"Unrecognized command or argument '{token}'."), StringComparer.Ordinal)];
        return unknown.Length == 0 ? others : [Unknown(root, parsed.CommandResult.Command, unknown), .. others];
    }

    // Words behind a misspelt command or option are its own: they are no mistake.
    private static string Unknown(RootCommand root, Command command, string[] words)
    {
        string[] options = [.. words.Where(IsOption)];
        if (options.Length > 0)
        {
            string[] known = [.. command.Options.Concat(root.Options).Where(option => !option.Hidden).SelectMany(option => option.Aliases.Prepend(option.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal))];
            return $"There is no option {string.Join(", nor ", options.Select(word => Named(word, known)))}{(command == root ? string.Empty : $" for '{command.Name}'")}.";
        }

        return command == root
            ? $"There is no command {Named(words[0], [.. root.Subcommands.Select(verb => verb.Name)])}."
            : $"'{command.Name}' takes no more words: {string.Join(", ", words.Select(word => $"'{word}'"))} {Counted.Noun(words.Length, "is", "are")} too many.";
    }

    private static string Named(string word, IReadOnlyList<string> known)
    {
        string name = word.Split('=')[0];
        return Similar.Near(name, known) is { } meant ? $"'{name}' (did you mean '{meant}'?)" : $"'{name}'";
    }

    private static bool IsOption(string word) => word.StartsWith('-') && word.Length > 1;
}
