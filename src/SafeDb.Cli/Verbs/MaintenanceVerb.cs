using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.MaintenanceModes;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb maintenance</c>: Set-SafeDbMaintenance.</summary>
internal sealed class MaintenanceVerb
{
    private readonly Argument<string?> _database = VerbArguments.Database();
    private readonly Option<MaintenanceSwitch?> _state = new("--state") { Description = "On or off. Default: only show how it is.", HelpName = "on|off" };
    private readonly Option<string?> _reason = VerbArguments.Text("--reason", "Why, for people who find the database in maintenance.");
    private readonly Option<string?> _drain = VerbArguments.Text("--drain", "How long open transactions of others may go on before their sessions are ended. Default: 10s.", "DURATION");

    public static Command Create(VerbRunner runner)
    {
        var verb = new MaintenanceVerb();
        var command = new Command("maintenance", "Put a database into maintenance, end it, or show how it is: others read, but do not write.") { verb._database, verb._state, verb._reason, verb._drain };
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        ResolvedDatabase database = session.Database(parsed.GetValue(_database));
        MaintenanceService service = Composition.Maintenance(session.Engine, database.Address.Engine);
        if (parsed.GetValue(_state) is not { } wanted)
        {
            return new VerbResult(await service.ReadAsync(database.Address, stop).ConfigureAwait(false));
        }

        bool on = wanted == MaintenanceSwitch.On;
        if (!session.Confirmed($"{(on ? "Begin" : "End")} maintenance of {database.Address.Display}", ask: true))
        {
            return VerbResult.Nothing;
        }

        if (!on)
        {
            return new VerbResult(await service.LeaveAsync(database.Address, stop).ConfigureAwait(false));
        }

        TimeSpan drain = parsed.GetValue(_drain) is not { } text ? TimeSpan.FromSeconds(10) : Duration.TryParse(text, out TimeSpan given) ? given : throw CliErrors.Usage.Exception($"--drain: {text} is no duration such as 10s.");
        var request = new MaintenanceRequest(parsed.GetValue(_reason) ?? "maintenance", Environment.UserName, session.Engine.Clock.GetUtcNow()) { Drain = drain };
        return new VerbResult(await service.EnterAsync(database.Address, request, stop).ConfigureAwait(false));
    }
}

/// <summary>On or off.</summary>
internal enum MaintenanceSwitch
{
    On,
    Off,
}
