using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using SafeDb.Addresses;
using SafeDb.Backup;
using SafeDb.Configuration;

namespace SafeDb.Schedules;

/// <summary>
/// The workflow of <c>scripts/pipelines/github</c>, made to fit one database of safedb.json: its name, its engine, and the variables that its entry needs as secrets of the repository. What the entry says
/// itself (destination, recipients) the workflow does not say again.
/// </summary>
internal static partial class GitHubWorkflow
{
    private const string Token = "AZURE_STORAGE_SAS_TOKEN";

    public static string Of(ScheduleSpec spec, SafeDbConfiguration configuration, DatabaseEngine engine)
    {
        DatabaseSettings settings = configuration.Databases[spec.Database];
        DestinationSettings? destination = ScheduleVariables.DestinationOf(configuration, settings);
        bool sealedThere = destination is { Recipients.Count: > 0 };
        string text = Once(Template(spec.Task), "# Copy to", $"{Remarks(spec, engine, destination)}# Copy to");
        text = Once(text, TitleLine(), match => $"name: {Quoted($"{match.Groups["title"].Value} of {spec.Database}")}");
        text = Once(text, GroupLine(), $"group: {Quoted($"safedb-{ScheduleNames.IdOf(spec.Task)}-{ScheduleNames.Safe(spec.Database)}")}");
        text = Once(text, CronLine(), $"cron: '{Cron(spec)}'");
        text = Once(text, VariableLines(), $"    env:\n{Variables(spec, configuration, settings, destination)}    steps:\n      - uses: actions/checkout@v4\n");
        if (engine == DatabaseEngine.Sqlite)
        {
            text = Once(text, "runs-on: ubuntu-24.04", "runs-on: self-hosted");
            text = Once(text, OwnServer(), " aside");
            text = Once(text, ServiceLines(), string.Empty);
            text = Once(text, ScratchOptions(), " --database \"$DATABASE\"");
        }

        text = text.Replace("\"$DATABASE_URL\"", "\"$DATABASE\" --config-path \"$CONFIG\"", StringComparison.Ordinal).Replace("safedb test \"$archive\"", "safedb test \"$archive\" --config-path \"$CONFIG\"", StringComparison.Ordinal);
        text = destination is null ? text : text.Replace(" --destination \"$DESTINATION\"", string.Empty, StringComparison.Ordinal);
        return sealedThere ? text.Replace(" --passphrase-env SAFEDB_PASSPHRASE", string.Empty, StringComparison.Ordinal) : text;
    }

    private static string Template(ScheduledTask task)
    {
        using Stream stream = typeof(GitHubWorkflow).Assembly.GetManifestResourceStream($"pipelines/github/{ScheduleNames.IdOf(task)}.yml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private static string Remarks(ScheduleSpec spec, DatabaseEngine engine, DestinationSettings? destination)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# For the database {Quoted(spec.Database)} of {Quoted(RepositoryPath(spec.ConfigPath))}, which the repository must hold. The secrets below are to be set in the environment 'backup'.\n");
        if (engine == DatabaseEngine.Sqlite)
        {
            text.Append("# An SQLite database is a file: this needs a runner of your own on the machine that has it, and an absolute path in its address, since a checkout is a folder of its own.\n");
        }
        else if (destination is not null && !ArchiveLocation.IsAddress(destination.Address) && EnvironmentValues.Names(destination.Address).FirstOrDefault() is null)
        {
            text.Append("# The destination is a folder: on a machine of GitHub it goes with the job. Use a blob container, or a runner of your own and an absolute path.\n");
        }

        return text.ToString();
    }

    private static string Variables(ScheduleSpec spec, SafeDbConfiguration configuration, DatabaseSettings settings, DestinationSettings? destination)
    {
        var names = new List<string>(ScheduleVariables.Of(configuration, spec.Database));
        if (destination is not { Recipients.Count: > 0 })
        {
            names.Add("SAFEDB_PASSPHRASE");
        }

        if (destination is null || ArchiveLocation.IsAddress(destination.Address) || EnvironmentValues.Names(destination.Address).Any())
        {
            names.Add(Token);
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"      DATABASE: {Quoted(spec.Database)}\n      CONFIG: {Quoted(RepositoryPath(spec.ConfigPath))}\n");
        foreach (string name in names.Distinct(StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"      {name}: ${{{{ secrets.{name} }}}}\n");
        }

        return destination is null ? text.Append("      DESTINATION: ${{ vars.SAFEDB_DESTINATION }}\n").ToString() : text.ToString();
    }

    private static string Cron(ScheduleSpec spec) =>
        string.Create(CultureInfo.InvariantCulture, $"{spec.At.Minute} {spec.At.Hour} * * {(spec.Day is { } day ? ((int)day).ToString(CultureInfo.InvariantCulture) : "*")}");

    // Where the checkout will have it: below the folder that holds .git, else at the root.
    private static string RepositoryPath(string config)
    {
        for (string? folder = Path.GetDirectoryName(config); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Path.Exists(Path.Combine(folder, ".git")))
            {
                return Path.GetRelativePath(folder, config).Replace('\\', '/');
            }
        }

        return Path.GetFileName(config);
    }

    // GitHub looks for expressions in every value, also in a quoted one.
    private static string Quoted(string text) => text.Contains("${{", StringComparison.Ordinal) ? throw ScheduleErrors.Unprintable.Exception() : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    // The template is a file of its own that people edit: a place that is not there any more must not pass unnoticed.
    private static string Once(string text, string place, string replacement) => Once(text, new Regex(Regex.Escape(place), RegexOptions.None, TimeSpan.FromSeconds(1)), replacement);

    private static string Once(string text, Regex place, string replacement) => Once(text, place, _ => replacement);

    private static string Once(string text, Regex place, MatchEvaluator replacement) =>
        place.IsMatch(text) ? place.Replace(text, replacement, 1) : throw new InvalidOperationException($"The workflow has no '{place}'.");

    [GeneratedRegex("^name: (?<title>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TitleLine();

    [GeneratedRegex("group: .+$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex GroupLine();

    [GeneratedRegex("cron: '[^']*'", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CronLine();

    [GeneratedRegex("^    env:\n(?:      .+\n)+    steps:\n", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VariableLines();

    [GeneratedRegex("^    services:\n(?:      .+\n)+", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceLines();

    [GeneratedRegex(" (?:in|into) the job's own server", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OwnServer();

    [GeneratedRegex(" --scratch .+ --no-owner --no-privileges", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScratchOptions();
}
