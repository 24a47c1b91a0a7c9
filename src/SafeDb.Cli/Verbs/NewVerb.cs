using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration.Authoring;
using SafeDb.Migration.Authoring.Differences;
using SafeDb.Migration.Plan;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb new</c>: New-SafeMigration.</summary>
internal sealed class NewVerb
{
    private readonly Argument<string> _name = new("name") { Description = "Name of the migration, such as add_orders." };
    private readonly Argument<string?> _path = new("path") { Description = "Folder of the migrations; made when it is missing. Default: that of --database in safedb.json.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _format = VerbArguments.Text(
        "--format", "Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate, dbmate. Default: detected; an empty folder becomes a plain one.", "NAME");

    private readonly Option<string?> _database = VerbArguments.Text("--database", "Database whose folder and format in safedb.json are meant. It is not connected to.", "DATABASE");

    private readonly Option<string?> _difference = VerbArguments.Text(
        "--from-difference", "Database with the schema that is wanted: the files hold the statements that lead there from where the folder's migrations lead. Only read.", "DATABASE");

    public static Command Create(VerbRunner runner)
    {
        var verb = new NewVerb();
        var command = new Command("new", "Make the files of a new migration, up, down and verify, in the format and with the next number of their folder.") { verb._name, verb._path, verb._format, verb._database, verb._difference };
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        (string? path, string? database) = (parsed.GetValue(_path), parsed.GetValue(_database));
        DatabaseSettings? settings = path is not null && database is null ? null : session.Database(database).Settings;
        string folder = session.MigrationFolder(path, settings);
        string? format = parsed.GetValue(_format) ?? settings?.Format;

        // Not even the empty database is made for --what-if.
        MigrationTexts texts = parsed.GetValue(_difference) is { } wanted && !session.WhatIf
            ? await DifferenceAsync(session.Database(wanted), folder, format, session, stop).ConfigureAwait(false)
            : MigrationTexts.Empty;
        MigrationDraft draft = new MigrationAuthoring(session.Engine.Clock).Plan(folder, format, parsed.GetRequiredValue(_name), texts);
        if (!session.Confirmed($"Create {string.Join(", ", draft.Migration.Files)}", ask: false))
        {
            return VerbResult.Nothing;
        }

        NewMigration made = MigrationAuthoring.Write(draft);
        foreach (string left in made.LeftOut)
        {
            session.Tell($"Left out: {left}");
        }

        return new VerbResult(made);
    }

    private static Task<MigrationTexts> DifferenceAsync(ResolvedDatabase wanted, string folder, string? format, VerbSession session, CancellationToken stop) =>
        new DifferenceAuthoring(Composition.Migrations(session.Engine, wanted.Address.Engine)).WriteAsync(
            new MigrationCommand(wanted.Address, folder) { Format = format, Policy = wanted.Policy, Scratch = wanted.Scratch, Observer = session.Observer }, stop);
}
