using System.CommandLine;

using SafeDb.Addresses;
using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Risk;
using SafeDb.Risk.Reporting;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb risk</c>: Get-MigrationRisk.</summary>
internal sealed class RiskVerb
{
    private readonly Argument<string[]> _path = new("path") { Description = "Migration files or folders of them, in the order in which they would run.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> _sql = VerbArguments.Text("--sql", "A SQL text instead of files.", "SQL");
    private readonly Option<string?> _database = VerbArguments.Text("--database", "A database to ask for sizes and for the rows at risk. Only read.", "DATABASE");
    private readonly Option<DatabaseEngine?> _engine = new("--engine") { Description = "Engine that the SQL is for. Default: told by the database, the configuration or the files." };
    private readonly Option<int?> _serverVersion = new("--server-version") { Description = "Version of the server, such as 150000 for PostgreSQL 15.", HelpName = "NUMBER" };
    private readonly Option<string?> _edition = VerbArguments.Text("--edition", "Edition of SQL Server, such as 'Standard Edition' or 'Azure SQL Database'. Default: unknown, so that nothing only some editions have is relied on.", "NAME");
    private readonly Option<string?> _baseline = VerbArguments.Text("--baseline", "File of findings known from before, as --format baseline writes it. They stay visible and stop nothing.", "FILE");
    private readonly Option<string[]> _allowHazard = VerbArguments.List("--allow-hazard", "Rule whose findings are accepted; they stay visible.", "RULE");
    private readonly Option<string> _format = new("--format") { Description = "Form of the report: " + string.Join(", ", RiskReportWriters.All.Select(writer => writer.Name)) + ".", DefaultValueFactory = _ => "text" };

    public static Command Create(VerbRunner runner)
    {
        var verb = new RiskVerb();
        verb._format.AcceptOnlyFromAmong([.. RiskReportWriters.All.Select(writer => writer.Name)]);
        var command = new Command("risk", "Say what migrations will lock, rewrite, break and lose. Exit code 3 when a finding is above what the policy lets pass.")
        {
            verb._path, verb._sql, verb._database, verb._engine, verb._serverVersion, verb._edition, verb._allowHazard, verb._baseline, verb._format,
        };
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase? database = parsed.GetValue(_database) is { } text ? session.Database(text) : null;
        Policy policy = database?.Policy ?? session.Policy;
        var request = new RiskRequest
        {
            Paths = parsed.GetValue(_path)!,
            Text = parsed.GetValue(_sql),
            Folder = session.Host.Folder,
            Engine = parsed.GetValue(_engine),
            FallbackEngine = session.Configuration.DefaultDatabase is { } name ? session.Database(name).Address.Engine : null,
            Database = database?.Address,
            ServerVersion = parsed.GetValue(_serverVersion),
            Edition = parsed.GetValue(_edition),
            Policy = policy.ToRiskPolicy(parsed.GetValue(_allowHazard)!) with
            {
                Baseline = parsed.GetValue(_baseline) is { } known ? RiskBaseline.Read(Path.GetFullPath(known, session.Host.Folder)) : null,
            },
        };
        RiskReport report = await Composition.Risk(session.Engine).AnalyseAsync(request, session.Observer, stop).ConfigureAwait(false);
        IRiskReportWriter format = RiskReportWriters.Get(parsed.GetValue(_format)!);
        return new VerbResult(report, report.Files.Any(file => file.Level > policy.MaxRisk) ? ExitCodes.Gate : ExitCodes.Done)
        {
            Json = () => RiskReportWriters.Get("json").Write(report),
            Text = _ => format.Write(report) is var shown && shown.EndsWith('\n') ? shown : shown + "\n",
        };
    }
}
