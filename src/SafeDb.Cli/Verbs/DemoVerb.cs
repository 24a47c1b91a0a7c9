using System.CommandLine;
using System.Security.Cryptography;

using SafeDb.Cli.Hosting;

namespace SafeDb.Cli.Verbs;

/// <summary>
/// <c>safedb demo</c>: the tutorial. Builds the sample shop and runs the main job on it through the same verbs that everybody uses, showing each command before it runs.
/// </summary>
internal sealed class DemoVerb
{
    private const string Marker = ".safedb-demo";

    private readonly Option<string> _folder = new("--folder") { Description = "Folder to work in; one that an earlier demo made is built anew.", DefaultValueFactory = _ => "safedb-demo", HelpName = "PATH" };
    private readonly Option<string?> _onlyDatabase = VerbArguments.Text("--only-database", "Only build the sample shop, in this new file.", "FILE");

    public static Command Create(VerbRunner runner)
    {
        var verb = new DemoVerb();
        var command = new Command("demo", "Build a sample shop (SQLite) and do the whole job on it: backup, proof, risk, rehearsal, migration, evidence.") { verb._folder, verb._onlyDatabase };
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        if (parsed.GetValue(_onlyDatabase) is { } file)
        {
            TutorialFiles.RefuseTaken(session.FullPath(file));
            if (!session.Confirmed($"Build the sample shop in {session.FullPath(file)}", ask: false))
            {
                return VerbResult.Nothing;
            }

            await TutorialFiles.BuildShopAsync(session.Engine, session.FullPath(file), stop).ConfigureAwait(false);
            return new VerbResult(new DemoResult(session.FullPath(file), [])) { Text = _ => $"The sample shop is in {session.FullPath(file)}.\n" };
        }

        string folder = session.FullPath(parsed.GetValue(_folder)!);
        bool anew = IsAnew(folder);
        if (!session.Confirmed($"{(anew ? $"Remove {folder}, which an earlier demo made, build" : "Build")} the sample shop in {folder} and do the job on it: {string.Join(' ', DemoStep.All.Select(step => step.Title))}", ask: false))
        {
            return VerbResult.Nothing;
        }

        Prepare(folder, anew);
        string shop = Path.Combine(folder, "shop.db");
        await TutorialFiles.BuildShopAsync(session.Engine, shop, stop).ConfigureAwait(false);
        await TutorialFiles.WriteMigrationsAsync(folder, stop).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, "passphrase.txt"), Convert.ToHexString(RandomNumberGenerator.GetBytes(16)) + "\n", stop).ConfigureAwait(false);

        var done = new List<string>();
        foreach (DemoStep step in DemoStep.All)
        {
            done.Add(await RunStepAsync(step, session.Host with { Folder = folder }, stop).ConfigureAwait(false));
        }

        session.Host.Error.WriteLine($"\nDone. Everything is in {folder}: the shop, its backups, the evidence.");
        return new VerbResult(new DemoResult(folder, done)) { Text = _ => string.Empty };
    }

    // Results of the steps go to standard error: with --output json, standard output has one document only.
    private static async Task<string> RunStepAsync(DemoStep step, CliHost host, CancellationToken stop)
    {
        string[] arguments = step.Arguments(host.Folder);
        string line = string.Join(' ', arguments.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument));
        host.Error.WriteLine($"\n# {step.Title}\n$ safedb {line}");
        int exitCode = await SafeDbApp.RunAsync(arguments, host with { Out = host.Error, OutIsTerminal = host.ErrorIsTerminal }, stop).ConfigureAwait(false);
        stop.ThrowIfCancellationRequested();
        return exitCode == step.ExitCode ? line : throw DemoErrors.StepFailed.Exception(line, exitCode, step.ExitCode);
    }

    // Whether an earlier demo made the folder; one with files of somebody else's is refused.
    private static bool IsAnew(string folder)
    {
        bool used = Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
        return !used || File.Exists(Path.Combine(folder, Marker)) ? used : throw DemoErrors.FolderInUse.Exception(folder);
    }

    private static void Prepare(string folder, bool anew)
    {
        if (anew)
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Marker), "Made by 'safedb demo', which may remove this folder and make it anew.\n");
    }
}

/// <summary>What a demonstration did.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Commands">The commands that were run, each with the exit code that was expected of it.</param>
internal sealed record DemoResult(string Folder, IReadOnlyList<string> Commands);

/// <summary>One command of the demonstration.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="ExitCode">How it must end.</param>
/// <param name="Arguments">Its arguments, for the folder that it works in.</param>
internal sealed record DemoStep(string Title, int ExitCode, Func<string, string[]> Arguments)
{
    /// <summary>The whole job.</summary>
    public static IReadOnlyList<DemoStep> All { get; } =
    [
        new("A backup: consistent while others write, compressed, sealed.", ExitCodes.Done,
            _ => ["backup", "sqlite:./shop.db", "--destination", "./backups", "--passphrase-file", "passphrase.txt"]),
        new("Proof: it is restored into a scratch database, and every row is compared.", ExitCodes.Done,
            folder => ["test", Newest(folder), "--passphrase-file", "passphrase.txt"]),
        new("Risk: what somebody's migration would do to the rows that are there.", ExitCodes.Gate,
            _ => ["risk", "./risky", "--database", "sqlite:./shop.db"]),
        new("Migration: backed up, proved, rehearsed on the restored copy, applied, verified.", ExitCodes.Done,
            _ => ["migrate", "sqlite:./shop.db", "./migrations", "--destination", "./backups", "--passphrase-file", "passphrase.txt", "--evidence", "./evidence", "--yes"]),
        new("Where the migrations stand.", ExitCodes.Done,
            _ => ["status", "sqlite:./shop.db", "./migrations"]),
    ];

    private static string Newest(string folder) =>
        "./backups/" + Path.GetFileName(Directory.EnumerateFiles(Path.Combine(folder, "backups"), "*.safedb").Order(StringComparer.Ordinal).Last());
}
