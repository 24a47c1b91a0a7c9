using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.Backup;

/// <summary>Says what a backup would take, or fails as it would: opens the database, applies the filters, looks at the destination, and writes nothing.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class BackupForecast(SafeDbEngine engine)
{
    /// <summary>Looks.</summary>
    public async Task<BackupOutlook> ForeseeAsync(BackupPlan plan, BackupCommand command, IOperationObserver observer, CancellationToken cancellationToken)
    {
        var request = new BackupRequest { Scope = plan.Scope, AllowPartial = plan.AllowPartial, Observer = observer };
        IBackupSource source = await engine.Engines.Get(plan.Engine).OpenBackupSourceAsync(command.Database.Address, request, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            BackupOutlook outlook = await source.ForeseeAsync(cancellationToken).ConfigureAwait(false);
            Check(plan, outlook);
            await engine.Stores.Open(command.Destination).CheckPlaceAsync(plan.Name, cancellationToken).ConfigureAwait(false);
            return outlook;
        }
    }

    /// <summary>Refuses what no backup may go on with: something that cannot be covered, and filters that leave nothing.</summary>
    internal static void Check(BackupPlan plan, BackupOutlook outlook)
    {
        if (!outlook.Coverage.Complete && !plan.AllowPartial)
        {
            throw BackupErrors.NotCovered.Exception(string.Join("; ", outlook.Coverage.NotCovered));
        }

        if (plan.Scope is { SchemaOnly: false, ChoosesTables: true } && outlook.Tables.Count > 0 && outlook.Tables.All(table => table.RowsOmitted is not null))
        {
            throw BackupErrors.NothingLeft.Exception(string.Join("; ", Archive.ArchiveExtent.Filters(plan.Scope)));
        }
    }
}
