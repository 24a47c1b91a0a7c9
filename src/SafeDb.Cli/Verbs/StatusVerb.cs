using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Migration.Plan;
using SafeDb.Providers;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb status</c>: Get-SafeMigration.</summary>
internal sealed class StatusVerb
{
    private readonly MigrationOptions _migrations = new();

    public static Command Create(VerbRunner runner)
    {
        var verb = new StatusVerb();
        var command = new Command("status", "Say where each migration stands: applied, pending, failed, edited, missing, out of order. Ends with 3 when something is wrong with what is applied.");
        verb._migrations.AddTo(command, runs: false);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = _migrations.Database(parsed, session);
        MigrationCommand command = _migrations.Command(parsed, session, database);
        var context = Composition.Migrations(session.Engine, database.Address.Engine);
        IDatabaseSession connection = await context.OpenAsync(database.Address, stop).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            PlanningResult planning = await new MigrationPlanner(context, PlanDepth.Catalogue).PlanAsync(connection, command, stop).ConfigureAwait(false);
            GateResult[] problems = [.. planning.StandingProblems];
            foreach (GateResult problem in problems)
            {
                session.Tell(CommandLineWords.Of($"warning {problem.Error!.Id}: {Sentences.Ended(problem.Message)} {problem.Error.RecommendedAction}"));
            }

            return new VerbResult(planning.Plan.Status, problems.Length == 0 ? ExitCodes.Done : ExitCodes.Gate);
        }
    }
}
