using System.Globalization;
using System.Runtime.CompilerServices;

using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;
using SafeDb.Sql;

namespace SafeDb.Sqlite.Migration;

/// <summary>
/// Runs scripts in SQLite. Foreign keys are enforced unless the script switches them off; then they are off around the whole transaction, because inside one the switch has no effect, and what the
/// script broke is found before the commit.
/// </summary>
public sealed class SqliteScriptExecution : IScriptExecution
{
    private readonly ConditionalWeakTable<IDatabaseSession, HashSet<string>> _violationsBefore = [];

    /// <inheritdoc/>
    public StatementRole Classify(string sql) => SqlWords.First(sql, 4) switch
    {
        ["BEGIN" or "COMMIT" or "END" or "ROLLBACK" or "SAVEPOINT" or "RELEASE", ..] => StatementRole.TransactionControl,
        ["PRAGMA", "FOREIGN_KEYS", ..] => StatementRole.ForeignKeySwitch,
        ["PRAGMA", "JOURNAL_MODE" or "PAGE_SIZE" or "AUTO_VACUUM" or "LOCKING_MODE" or "WAL_CHECKPOINT" or "SYNCHRONOUS", ..] => StatementRole.Alone,
        ["PRAGMA", _, ".", "JOURNAL_MODE" or "LOCKING_MODE" or "SYNCHRONOUS"] => StatementRole.Alone,
        ["VACUUM" or "ATTACH" or "DETACH", ..] => StatementRole.Alone,
        _ => StatementRole.Transactional,
    };

    /// <inheritdoc/>
    public bool SwitchesForeignKeysOff(string sql) => SqlWords.First(sql, 4) is ["PRAGMA", "FOREIGN_KEYS", "=" or "(", "OFF" or "0" or "FALSE" or "NO"];

    /// <inheritdoc/>
    public async Task BeginAsync(IDatabaseSession session, SegmentKind kind, ExecutionLimits limits, bool foreignKeysOff, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync($"PRAGMA busy_timeout = {limits.LockTimeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}", cancellationToken).ConfigureAwait(false);
        if (kind == SegmentKind.Alone)
        {
            return;
        }

        await session.ExecuteAsync($"PRAGMA foreign_keys = {(foreignKeysOff ? "OFF" : "ON")}", cancellationToken).ConfigureAwait(false);
        if (foreignKeysOff)
        {
            _violationsBefore.AddOrUpdate(session, await ViolationsAsync(session, cancellationToken).ConfigureAwait(false));
        }

        // The write lock at once: a transaction that first reads could not wait for it later without being refused.
        await session.ExecuteAsync("BEGIN IMMEDIATE", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>No setting of a session changes what SafeDb's own statements mean.</summary>
    public bool SetsSession(string sql) => false;

    /// <inheritdoc/>
    public Task SetAsideSettingsAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task ResetSettingsAsync(IDatabaseSession session) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task CommitAsync(IDatabaseSession session, SegmentKind kind, bool foreignKeysOff, CancellationToken cancellationToken)
    {
        if (kind == SegmentKind.Alone)
        {
            return;
        }

        if (foreignKeysOff)
        {
            HashSet<string> after = await ViolationsAsync(session, cancellationToken).ConfigureAwait(false);
            if (_violationsBefore.TryGetValue(session, out HashSet<string>? before))
            {
                after.ExceptWith(before);
            }

            if (after.Count > 0)
            {
                throw MigrationErrors.ForeignKeys.Exception(string.Join("; ", after.Take(5)));
            }
        }

        await session.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync("PRAGMA foreign_keys = ON", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task RollbackAsync(IDatabaseSession session)
    {
        try
        {
            if (await session.GetTransactionStateAsync(CancellationToken.None).ConfigureAwait(false) != TransactionState.None)
            {
                await session.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }

            await session.ExecuteAsync("PRAGMA foreign_keys = ON", CancellationToken.None).ConfigureAwait(false);
        }
        catch (SafeDbException)
        {
            // The connection is gone, and its transaction with it; the cause is already on its way to the caller.
        }
    }

    /// <inheritdoc/>
    public Task<UncertainStatement> InspectAsync(IDatabaseSession session, string sql, CancellationToken cancellationToken) => Task.FromResult(
        SqlWords.First(sql, 1) is ["VACUUM" or "PRAGMA" or "ANALYZE" or "REINDEX" or "ATTACH" or "DETACH"] ? UncertainStatement.Repeatable : UncertainStatement.Unknown);

    /// <inheritdoc/>
    public bool IsMissingObject(SafeDbError error) => error.EngineCode == "1" && error.Message.Contains("no such ", StringComparison.Ordinal);

    private static async Task<HashSet<string>> ViolationsAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(
            session, "select \"table\", rowid, parent, fkid from pragma_foreign_key_check", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => $"{row[0]} row {row[1] ?? "?"} refers to no row of {row[2]} (key {row[3]})")];
    }
}
