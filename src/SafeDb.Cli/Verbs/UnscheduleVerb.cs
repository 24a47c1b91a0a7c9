using System.CommandLine;

using SafeDb.Cli.Hosting;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb unschedule</c>: Unregister-SafeDbSchedule.</summary>
internal sealed class UnscheduleVerb
{
    private readonly Argument<string> _name = new("name") { Description = "Name of the schedule, as 'safedb schedules' lists it." };

    public static Command Create(VerbRunner runner)
    {
        var verb = new UnscheduleVerb();
        return runner.Bind(new Command("unschedule", "Remove a schedule that SafeDb made.") { verb._name }, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        string name = parsed.GetRequiredValue(_name);
        await session.Schedules.RefuseUnknownAsync(name, stop).ConfigureAwait(false);
        if (session.Confirmed($"Remove the schedule {name}", ask: false))
        {
            await session.Schedules.RemoveAsync(name, stop).ConfigureAwait(false);
        }

        return VerbResult.Nothing;
    }
}
