using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Providers;
using SafeDb.Sql;

namespace SafeDb.Migration.Trial;

/// <summary>
/// Finds out whether a migration that its tool recorded as failed left anything behind. Whether the tool ran it in one transaction or statement by statement is not known, so every
/// state that the file can leave is made on an empty database; only when the real schema is the one of before, and each of those states would show, nothing took effect.
/// </summary>
/// <param name="context">The engine's parts.</param>
/// <param name="log">The run's log.</param>
internal sealed class FailedMigrationProof(MigrationContext context, RunLog log)
{
    private static readonly string[] SessionOnly = ["SET", "RESET", "SHOW"];

    /// <summary>Null when it is proved that nothing took effect; otherwise why it is not.</summary>
    public async Task<string?> DoubtAsync(MigrationCommand command, PlanningResult planning, CancellationToken cancellationToken)
    {
        InventoryItem[] failed = [.. planning.Items.Where(item => item.State == MigrationState.Failed)];
        if (failed is not [{ Script: { } script, Applied: { } record }])
        {
            return "several migrations are marked as failed, or the file of one is gone";
        }

        if (record.Checksum is null || (record.Checksum != script.Checksum && !script.EquivalentChecksums.Contains(record.Checksum, StringComparer.Ordinal)))
        {
            return record.Checksum is null ? "its tool records no checksum, so the file that failed may have been another" : "its file was edited since it failed, so what ran is not known";
        }

        MigrationScript[] before = [.. planning.Items.Where(item => item.State is MigrationState.Applied && item.Script is not null).Select(item => item.Script!)];
        try
        {
            return await new MigrationTrial(context, log).OnEmptyAsync(
                command, planning.Plan.Format, before, session => CompareStatesAsync(session, script, planning.Plan.SchemaFingerprint, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException failure) when (failure.Error.Kind != ErrorKind.Cancelled)
        {
            return $"the migrations could not be tried on an empty database: {failure.Message}";
        }
    }

    private async Task<string?> CompareStatesAsync(IDatabaseSession session, MigrationScript script, string actual, CancellationToken cancellationToken)
    {
        if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != actual)
        {
            return "the schema is not the one that the migrations before it lead to";
        }

        foreach (ScriptStatement statement in context.Scripts.ReadUp(script).Statements)
        {
            await session.ExecuteAsync(statement.Sql, cancellationToken).ConfigureAwait(false);
            bool shows = await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != actual;
            if (!shows && !SqlWords.First(statement.Sql, 1).Any(word => SessionOnly.Contains(word, StringComparer.Ordinal)))
            {
                return $"after line {statement.Line} of it the schema would be the same, so whether its rows were changed cannot be told";
            }
        }

        return null;
    }
}
