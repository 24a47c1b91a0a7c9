using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Migration.Authoring;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb new</c>: New-SafeMigration.</summary>
internal sealed class NewVerb
{
    private readonly Argument<string> _name = new("name") { Description = "Name of the migration, such as add_orders." };
    private readonly Argument<string?> _path = new("path") { Description = "Folder of the migrations; made when it is missing. Default: that of --database in safedb.json.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _format = VerbArguments.Text(
        "--format", "Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate, dbmate. Default: detected; an empty folder becomes a plain one.", "NAME");

    private readonly Option<string?> _database = VerbArguments.Text("--database", "Database whose folder and format in safedb.json are meant. It is not connected to.", "DATABASE");

    public static Command Create(VerbRunner runner)
    {
        var verb = new NewVerb();
        var command = new Command("new", "Make the files of a new migration, up, down and verify, in the format and with the next number of their folder.") { verb._name, verb._path, verb._format, verb._database };
        return runner.Bind(command, verb.RunAsync);
    }

    private Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        (string? path, string? database) = (parsed.GetValue(_path), parsed.GetValue(_database));
        DatabaseSettings? settings = path is not null && database is null ? null : session.Database(database).Settings;
        MigrationDraft draft = new MigrationAuthoring(session.Engine.Clock).Plan(
            session.MigrationFolder(path, settings), parsed.GetValue(_format) ?? settings?.Format, parsed.GetRequiredValue(_name), MigrationTexts.Empty);
        return Task.FromResult(session.Confirmed($"Create {string.Join(", ", draft.Migration.Files)}", ask: false) ? new VerbResult(MigrationAuthoring.Write(draft)) : VerbResult.Nothing);
    }
}
