using System.Globalization;
using System.Text.RegularExpressions;

using SafeDb.Errors;
using SafeDb.Migration;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Providers;
using SafeDb.Sql;

namespace SafeDb.PostgreSql.Migration;

/// <summary>Runs scripts in PostgreSQL, and knows which statements the server refuses inside a transaction.</summary>
public sealed partial class PostgreSqlScriptExecution : IScriptExecution
{
    /// <inheritdoc/>
    public StatementRole Classify(string sql) => ((string[])[.. SqlWords.First(sql, 12)]) switch
    {
        ["BEGIN" or "COMMIT" or "END" or "ROLLBACK" or "ABORT" or "SAVEPOINT" or "RELEASE", ..] or ["START", "TRANSACTION", ..] or ["PREPARE", "TRANSACTION", ..] => StatementRole.TransactionControl,
        ["CREATE", "INDEX", "CONCURRENTLY", ..] or ["CREATE", "UNIQUE", "INDEX", "CONCURRENTLY", ..] or ["DROP", "INDEX", "CONCURRENTLY", ..] => StatementRole.Alone,
        ["REINDEX", .. var rest] when rest.Contains("CONCURRENTLY", StringComparer.Ordinal) || rest.Any(word => word is "DATABASE" or "SYSTEM" or "SCHEMA") => StatementRole.Alone,
        ["VACUUM", ..] or ["CLUSTER"] or ["DISCARD", "ALL"] or ["ALTER", "SYSTEM", ..] => StatementRole.Alone,
        ["CREATE" or "DROP", "DATABASE" or "TABLESPACE" or "SUBSCRIPTION", ..] or ["ALTER", "DATABASE", _, "SET", "TABLESPACE", ..] => StatementRole.Alone,
        ["ALTER", "TABLE", .. var rest] when rest.Contains("DETACH", StringComparer.Ordinal) && rest.Contains("CONCURRENTLY", StringComparer.Ordinal) => StatementRole.Alone,
        _ => StatementRole.Transactional,
    };

    /// <inheritdoc/>
    public bool SwitchesForeignKeysOff(string sql) => false;

    /// <inheritdoc/>
    public async Task BeginAsync(IDatabaseSession session, SegmentKind kind, ExecutionLimits limits, bool foreignKeysOff, CancellationToken cancellationToken)
    {
        string scope = "";
        if (kind != SegmentKind.Alone)
        {
            await session.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
            scope = "LOCAL ";
        }

        await session.ExecuteAsync($"SET {scope}lock_timeout = {Milliseconds(limits.LockTimeout)}", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync($"SET {scope}statement_timeout = {Milliseconds(limits.StatementTimeout)}", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task CommitAsync(IDatabaseSession session, SegmentKind kind, bool foreignKeysOff, CancellationToken cancellationToken)
    {
        if (kind == SegmentKind.Alone)
        {
            await ResetAsync(session, cancellationToken).ConfigureAwait(false);
            return;
        }

        // COMMIT of a failed transaction is a rollback that reports success: so the state is asked first.
        TransactionState state = await session.GetTransactionStateAsync(cancellationToken).ConfigureAwait(false);
        if (state != TransactionState.Open)
        {
            throw MigrationErrors.TransactionState.Exception("transaction", 0, state, TransactionState.Open);
        }

        await session.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task RollbackAsync(IDatabaseSession session)
    {
        try
        {
            if (session.Connection.State != System.Data.ConnectionState.Open)
            {
                return;
            }

            if (await session.GetTransactionStateAsync(CancellationToken.None).ConfigureAwait(false) != TransactionState.None)
            {
                await session.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }

            await ResetAsync(session, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SafeDbException)
        {
            // The connection is gone, and its transaction with it; the cause is already on its way to the caller.
        }
    }

    /// <inheritdoc/>
    public bool SetsSession(string sql) => ((string[])[.. SqlWords.First(sql, 4)]) switch
    {
        ["SET", "LOCAL" or "TRANSACTION" or "CONSTRAINTS", ..] => false,
        ["SET" or "RESET", ..] or ["SELECT", "SET_CONFIG", ..] or ["SELECT", "PG_CATALOG", ".", "SET_CONFIG"] => true,
        _ => false,
    };

    /// <summary>Deferred triggers, which would run at the commit, run first: they belong to the script and its settings.</summary>
    public async Task SetAsideSettingsAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync("SET LOCAL search_path TO DEFAULT", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync("SET LOCAL role TO DEFAULT", cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task ResetSettingsAsync(IDatabaseSession session)
    {
        try
        {
            if (session.Connection.State != System.Data.ConnectionState.Open)
            {
                return;
            }

            // A session that maintenance mode admitted writes although its database is read-only for everybody.
            bool admitted = await HistoryEngine.ScalarAsync(session, "select pg_catalog.current_setting('default_transaction_read_only')", CancellationToken.None).ConfigureAwait(false) is "off";
            await session.ExecuteAsync("RESET ALL", CancellationToken.None).ConfigureAwait(false);
            await session.ExecuteAsync("RESET ROLE", CancellationToken.None).ConfigureAwait(false);
            if (admitted)
            {
                await session.ExecuteAsync("SET default_transaction_read_only = off", CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (SafeDbException lost) when (lost.Error.Kind == ErrorKind.Connection)
        {
            // Its settings went with it.
        }
    }

    /// <inheritdoc/>
    public async Task<UncertainStatement> InspectAsync(IDatabaseSession session, string sql, CancellationToken cancellationToken)
    {
        if (CreateIndex().Match(sql) is { Success: true } create)
        {
            return await InspectIndexAsync(session, create.Groups["name"].Value, create.Groups["table"].Value, cancellationToken).ConfigureAwait(false);
        }

        if (DropIndex().Match(sql) is { Success: true } drop)
        {
            object? there = await HistoryEngine.ScalarAsync(session, "select pg_catalog.to_regclass(@p0)::text", cancellationToken, drop.Groups["name"].Value).ConfigureAwait(false);
            return there is null ? UncertainStatement.Done : UncertainStatement.Repeatable;
        }

        if (AddValue().Match(sql) is { Success: true } add)
        {
            object? there = await HistoryEngine.ScalarAsync(
                session, "select 1 from pg_catalog.pg_enum where enumtypid = pg_catalog.to_regtype(@p0) and enumlabel = @p1", cancellationToken,
                add.Groups["type"].Value, add.Groups["label"].Value.Replace("''", "'", StringComparison.Ordinal)).ConfigureAwait(false);
            return there is null ? UncertainStatement.Repeatable : UncertainStatement.Done;
        }

        return SqlWords.First(sql, 1) is ["VACUUM" or "REINDEX" or "ANALYZE" or "CLUSTER" or "DISCARD"] ? UncertainStatement.Repeatable : UncertainStatement.Unknown;
    }

    /// <inheritdoc/>
    public bool IsMissingObject(SafeDbError error) => error.EngineCode is { } code && ErrorTranslator.Definition(code) == PostgreSqlErrors.ObjectMissing;

    private static async Task<UncertainStatement> InspectIndexAsync(IDatabaseSession session, string name, string table, CancellationToken cancellationToken)
    {
        const string Sql = """
            select i.indisvalid, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
            from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where i.indrelid = pg_catalog.to_regclass(@p0) and c.relname = @p1
            """;
        string plain = name.StartsWith('"') ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name.ToLowerInvariant();
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, Sql, cancellationToken, table, plain).ConfigureAwait(false);
        return rows.Count == 0 ? UncertainStatement.Repeatable
            : rows[0][0] is true ? UncertainStatement.Done
            : new UncertainStatement(UncertainState.NotDone, [$"DROP INDEX CONCURRENTLY IF EXISTS {rows[0][1]}"]);
    }

    private static async Task ResetAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("RESET lock_timeout", cancellationToken).ConfigureAwait(false);
        await session.ExecuteAsync("RESET statement_timeout", cancellationToken).ConfigureAwait(false);
    }

    private static string Milliseconds(TimeSpan time) => Math.Ceiling(time.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture);

    [GeneratedRegex("""\bindex\s+concurrently\s+(?:if\s+not\s+exists\s+)?(?<name>"(?:[^"]|"")+"|[\w$]+)\s+on\s+(?:only\s+)?(?<table>(?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CreateIndex();

    [GeneratedRegex("""\bdrop\s+index\s+concurrently\s+(?:if\s+exists\s+)?(?<name>(?:"(?:[^"]|"")+"|[\w$]+)(?:\.(?:"(?:[^"]|"")+"|[\w$]+))?)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DropIndex();

    [GeneratedRegex("""\balter\s+type\s+(?<type>\S+)\s+add\s+value\s+(?:if\s+not\s+exists\s+)?'(?<label>(?:[^']|'')*)'""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex AddValue();
}
