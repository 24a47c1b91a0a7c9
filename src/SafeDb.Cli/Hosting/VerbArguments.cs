using System.CommandLine;

namespace SafeDb.Cli.Hosting;

/// <summary>Arguments and options that several verbs share. A new one each time: a command owns its symbols.</summary>
internal static class VerbArguments
{
    public static Argument<string?> Database(string description = "Database: an address such as sqlite:./shop.db, or its name in safedb.json. Default: DATABASE_URL, then the configured default.") =>
        new("database") { Description = description, Arity = ArgumentArity.ZeroOrOne };

    public static Option<string?> Text(string name, string description, string helpName = "TEXT") => new(name) { Description = description, HelpName = helpName };

    public static Option<string[]> List(string name, string description, string helpName = "PATTERN") =>
        new(name) { Description = description + " May be repeated.", HelpName = helpName, DefaultValueFactory = _ => [] };

    public static Option<bool> Switch(string name, string description) => new(name) { Description = description };

    public static Option<int> Jobs()
    {
        var jobs = new Option<int>("--jobs")
        {
            Description = "Things done at the same time.", HelpName = "N", DefaultValueFactory = _ => Math.Clamp(System.Environment.ProcessorCount, 1, 8),
        };
        jobs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 64)
            {
                result.AddError("--jobs must be between 1 and 64.");
            }
        });
        return jobs;
    }
}
