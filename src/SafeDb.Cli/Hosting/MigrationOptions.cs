using System.CommandLine;

using SafeDb.Configuration;
using SafeDb.Migration.Plan;

namespace SafeDb.Cli.Hosting;

/// <summary>The arguments and options that say which migrations of which database are meant.</summary>
internal sealed class MigrationOptions
{
    private readonly Argument<string?> _database = VerbArguments.Database();
    private readonly Argument<string?> _path = new("path") { Description = "Folder of the migrations. Default: the database's own in safedb.json.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _format = VerbArguments.Text("--format", "Format of the folder: plain, prisma, node-pg-migrate, flyway, golang-migrate, dbmate. Default: detected.", "NAME");
    private readonly Option<string[]> _allowHazard = VerbArguments.List("--allow-hazard", "Rule or gate that is accepted this time, by its id.", "RULE");
    private readonly Option<string?> _evidence = VerbArguments.Text("--evidence", "", "PATH");
    private readonly Option<string?> _approvedBy = VerbArguments.Text("--approved-by", "Who approved the run; goes into the evidence.", "NAME");

    public void AddTo(Command command, bool runs)
    {
        command.Add(_database);
        command.Add(_path);
        _evidence.Description = runs ? "Folder for the evidence of the run. Default: safedb-evidence." : "Folder of the evidence of runs, where the schema that the last of them left is looked up. Default: safedb-evidence.";
        Option[] options = runs ? [_format, _allowHazard, _evidence, _approvedBy] : [_format, _evidence];
        foreach (Option option in options)
        {
            command.Add(option);
        }
    }

    public ResolvedDatabase Database(ParseResult parsed, VerbSession session) => session.Database(parsed.GetValue(_database));

    public MigrationCommand Command(ParseResult parsed, VerbSession session, ResolvedDatabase database, bool needsFolder = true) =>
        new(database.Address, needsFolder ? session.MigrationFolder(parsed.GetValue(_path), database.Settings) : "")
    {
        Format = parsed.GetValue(_format) ?? database.Settings?.Format,
        Policy = database.Policy,
        Settings = database.Settings,
        AllowHazards = parsed.GetValue(_allowHazard) ?? [],
        EvidenceFolder = session.FullPath(parsed.GetValue(_evidence) ?? "safedb-evidence"),
        ApprovedBy = parsed.GetValue(_approvedBy),
        Observer = session.Observer,
        BeforeRehearsal = plan => session.RequireAnswer(MigrationPlanText.Of(plan)),
    };
}
