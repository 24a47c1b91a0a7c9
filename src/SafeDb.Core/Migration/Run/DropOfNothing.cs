using SafeDb.Errors;
using SafeDb.Migration.Script;
using SafeDb.Providers;
using SafeDb.Sql;

namespace SafeDb.Migration.Run;

/// <summary>
/// A down script is written for the whole migration. Of a half-applied one, part of what it drops was never made: there, to drop what is not there counts as done, as with IF EXISTS. Nothing else is
/// forgiven, and the schema is compared with the one of before at the end.
/// </summary>
/// <param name="execution">The engine's part.</param>
internal sealed class DropOfNothing(IScriptExecution execution)
{
    private static readonly StatementOutcome Nothing = new(0, TimeSpan.Zero);

    /// <summary>Runs a statement that only drops, and forgives it when what it drops is not there. The transaction, if there is one, stays usable.</summary>
    public async Task<StatementOutcome> RunAsync(IDatabaseSession session, string sql, bool inTransaction, CancellationToken cancellationToken)
    {
        if (inTransaction)
        {
            await session.ExecuteAsync("SAVEPOINT safedb_drop", cancellationToken).ConfigureAwait(false);
        }

        StatementOutcome outcome;
        try
        {
            outcome = await session.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
        }
        catch (SafeDbException failure) when (execution.IsMissingObject(failure.Error))
        {
            if (inTransaction)
            {
                await session.ExecuteAsync("ROLLBACK TO SAVEPOINT safedb_drop", cancellationToken).ConfigureAwait(false);
            }

            outcome = Nothing;
        }

        if (inTransaction)
        {
            await session.ExecuteAsync("RELEASE SAVEPOINT safedb_drop", cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>Whether a statement does nothing but drop one thing.</summary>
    public static bool Fits(string sql) => ((string[])[.. SqlWords.First(sql, int.MaxValue)]) switch
    {
        ["DROP", ..] => true,
        ["ALTER", "TABLE", .. var rest] => rest.Contains("DROP", StringComparer.Ordinal) && !rest.Contains(",", StringComparer.Ordinal),
        _ => false,
    };
}
