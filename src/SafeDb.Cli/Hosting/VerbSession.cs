using System.CommandLine;

using SafeDb.Addresses;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Schedules;

namespace SafeDb.Cli.Hosting;

/// <summary>What one run of a verb works with.</summary>
internal sealed class VerbSession(CliHost host, GlobalOptions options, ParseResult parsed, ConsoleObserver observer)
{
    private SafeDbConfiguration? _configuration;

    public CliHost Host => host;

    /// <summary>Whether nothing shall be done.</summary>
    public bool WhatIf => parsed.GetValue(options.WhatIf);

    /// <summary>The plan that <c>--what-if</c> showed in the place of the work, or null.</summary>
    public string? Foreseen { get; private set; }

    public SafeDbEngine Engine => host.Engine.Value;

    public IOperationObserver Observer => observer;

    /// <summary>Name of the configuration file, whose folder <see cref="Configuration"/> knows.</summary>
    public string ConfigFile => Path.GetFileName(parsed.GetValue(options.ConfigPath) ?? ConfigurationLoader.FileName);

    /// <summary>The schedules of this machine.</summary>
    public ScheduleService Schedules => new(Engine, ScheduleService.OfMachine(Engine.Clock), host.Variable);

    public SafeDbConfiguration Configuration => _configuration ??= ConfigurationLoader.Load(parsed.GetValue(options.ConfigPath), host.Folder);

    /// <summary>The database that the arguments mean.</summary>
    public ResolvedDatabase Database(string? text) =>
        Engine.Resolver(Configuration).Resolve(
            text is null || Configuration.Databases.ContainsKey(text) ? text : RelativeAddress.Resolve(text, host.Folder), parsed.GetValue(options.Environment), host.Variable);

    /// <summary>An address that needs no configuration: where scratch copies may be made.</summary>
    public DatabaseAddress? Address(string? text) => text is null ? null : Engine.Engines.Parse(RelativeAddress.Resolve(text, host.Folder));

    /// <summary>A place for files: a folder in full, or an address that means one.</summary>
    public string? Place(string? text) => text is null ? null : Engine.Engines.IsAddress(text) ? RelativeAddress.Resolve(text, host.Folder) : FullPath(text);

    /// <summary>The policy that holds where no database is named.</summary>
    public Policy Policy => Engine.Resolver(Configuration).PolicyOf(parsed.GetValue(options.Environment));

    /// <summary>Who can seal and open archives.</summary>
    public ArchiveAccess Access => new(Configuration, host.Variable);

    /// <summary>The place for archives that the arguments mean.</summary>
    public ResolvedDestination Destination(string? text, ResolvedDatabase? database) =>
        new DestinationResolver(Configuration, host.Variable).Resolve(text, database?.Settings, host.Folder);

    /// <summary>The location of an archive: an address as it is, a path in full.</summary>
    public string Location(string text) => text.Contains("://", StringComparison.Ordinal) ? text : FullPath(text);

    /// <summary>A full path.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, host.Folder);

    /// <summary>The folder of migrations that the arguments or the database's settings name.</summary>
    public string MigrationFolder(string? path, DatabaseSettings? database) => path is not null ? FullPath(path)
        : database?.Migrations is { } configured ? Path.GetFullPath(configured, Configuration.Folder ?? host.Folder)
        : throw CliErrors.Usage.Exception("No folder of migrations was given.");

    /// <summary>Writes a line for a person, beside the result.</summary>
    public void Tell(string text)
    {
        observer.Close();
        host.Error.WriteLine(text);
    }

    /// <summary>Refuses when a confirmation will be needed and nobody could give it: said before the preparation, not after it.</summary>
    /// <param name="plan">What would be done.</param>
    public void RequireAnswer(string plan)
    {
        if (!parsed.GetValue(options.Yes) && !host.CanAsk)
        {
            throw CliErrors.ConfirmationNeeded.Exception(plan);
        }
    }

    /// <summary>
    /// Shows a plan and has it confirmed. False with <c>--what-if</c>: the plan is shown, and nothing shall be done. Throws when it is declined or nobody can be asked.
    /// </summary>
    /// <param name="plan">What would be done, naming database and server.</param>
    /// <param name="ask">Whether this needs a yes; a backup, which changes no database, does not.</param>
    public bool Confirmed(string plan, bool ask)
    {
        if (parsed.GetValue(options.WhatIf))
        {
            observer.Close();
            host.Error.WriteLine($"What if: {plan}");
            Foreseen = plan;
            return false;
        }

        if (!ask || parsed.GetValue(options.Yes))
        {
            return true;
        }

        RequireAnswer(plan);
        observer.Close();
        host.Error.Write($"{plan}.\nGo on? Type yes: ");
        host.Error.Flush();
        return string.Equals(host.In.ReadLine()?.Trim(), "yes", StringComparison.OrdinalIgnoreCase) ? true : throw CliErrors.Declined.Exception();
    }
}

/// <summary>What a verb ends with.</summary>
/// <param name="Document">The result: an object or a list of them; null when there is none (the JSON of <c>--what-if</c> is then the plan as it was said).</param>
/// <param name="ExitCode">The exit code.</param>
internal sealed record VerbResult(object? Document, int ExitCode = ExitCodes.Done)
{
    /// <summary>Nothing was done, as asked.</summary>
    public static readonly VerbResult Nothing = new(Document: null);

    /// <summary>Text for <c>--output text</c> when the general view is not the right one.</summary>
    public Func<TextView, string>? Text { get; init; }

    /// <summary>Exact text of the JSON document when the general form is not the right one.</summary>
    public Func<string>? Json { get; init; }
}
