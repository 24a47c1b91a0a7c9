using SafeDb.Errors;
using SafeDb.MaintenanceModes;
using SafeDb.Migration.Plan;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>
/// Maintenance around a run: begun after everything is prepared, ended when the database is in the old or the new state. When a person is needed it stays on, and so it does when the process
/// dies: what finishes or takes back the run ends it, because it bears the run's id.
/// </summary>
/// <param name="context">The engine's parts.</param>
internal sealed class RunMaintenance(MigrationContext context)
{
    public async Task EnterAsync(RunDraft run, IDatabaseSession session, MigrationCommand command, CancellationToken cancellationToken)
    {
        if (!command.Maintenance)
        {
            return;
        }

        IMaintenanceMode mode = context.Maintenance ?? throw MaintenanceErrors.NotSupported.Exception(context.Engine.Engine);
        var request = new MaintenanceRequest("migrations are being applied", command.ApprovedBy ?? Environment.UserName, context.Clock.GetUtcNow()) { RunId = run.Log.RunId, Drain = command.Policy.LockTimeout };
        MaintenanceState state = await mode.EnterAsync(session, command.Database, request, cancellationToken).ConfigureAwait(false);
        await mode.AdmitAsync(session, cancellationToken).ConfigureAwait(false);
        run.Log.Say("maintenance", $"On since {state.Since?.UtcDateTime:u}: {state.Effect} {state.SessionsEnded} sessions of others were ended.");
        if (state.SessionsLeft.Count > 0)
        {
            throw MaintenanceErrors.SessionsLeft.Exception(string.Join(", ", state.SessionsLeft));
        }
    }

    /// <summary>Ends what this run, or the one that it finished, began.</summary>
    public async Task LeaveAsync(RunDraft run, MigrationCommand command)
    {
        bool mayBeOn = command.Maintenance || run.Planning?.Interrupted is not null;
        if (context.Maintenance is not { } mode || !mayBeOn)
        {
            return;
        }

        try
        {
            IDatabaseSession session = await context.OpenAsync(command.Database, CancellationToken.None).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                MaintenanceState state = await mode.ReadAsync(session, command.Database, CancellationToken.None).ConfigureAwait(false);
                if (!state.On || state.RunId != run.RunId)
                {
                    return;
                }

                if (run.Outcome == MigrationOutcome.NeedsPerson)
                {
                    run.Warnings.Add("The database stays in maintenance, because a person is needed; end it with Set-SafeDbMaintenance -State Off.");
                    return;
                }

                await mode.LeaveAsync(session, command.Database, CancellationToken.None).ConfigureAwait(false);
                run.Log.Say("maintenance", "Off.");
            }
        }
        catch (SafeDbException failure)
        {
            run.Warnings.Add($"The end of maintenance failed: {failure.Message} End it with Set-SafeDbMaintenance -State Off.");
        }
    }
}
