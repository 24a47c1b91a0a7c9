using System.CommandLine;

using SafeDb.Cli.Hosting;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb schedules</c>: Get-SafeDbSchedule.</summary>
internal sealed class SchedulesVerb
{
    private readonly Argument<string?> _database = new("database") { Description = "Only schedules of this database, by its name in safedb.json.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _name = VerbArguments.Text("--name", "Only schedules of this name; wildcards * and ?.", "PATTERN");

    public static Command Create(VerbRunner runner)
    {
        var verb = new SchedulesVerb();
        return runner.Bind(new Command("schedules", "List the schedules of this machine, and whether they really run. Exit code 3 when one does not.") { verb._database, verb._name }, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        IReadOnlyList<ScheduleInfo> schedules = await session.Schedules.ListAsync(parsed.GetValue(_database), parsed.GetValue(_name), stop).ConfigureAwait(false);
        return new VerbResult(schedules, schedules.Any(schedule => schedule.Alive == false) ? ExitCodes.Gate : ExitCodes.Done) { Text = schedules.Count == 0 ? _ => "No schedules.\n" : null };
    }
}
