using System.Data.Common;
using System.Globalization;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Verify;

/// <summary>
/// Runs verify scripts and invariants, always in a transaction that is rolled back. A query of a verify script holds when it returns no row, or one row with one true value.
/// </summary>
/// <param name="context">The engine's parts.</param>
internal sealed class MigrationChecks(MigrationContext context)
{
    /// <summary>The verify scripts of migrations.</summary>
    public async Task<IReadOnlyList<CheckResult>> VerifyAsync(IDatabaseSession session, IReadOnlyList<MigrationScript> migrations, string when, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (MigrationScript migration in migrations.Where(migration => migration.VerifySql is not null))
        {
            ExecutableScript script = context.Scripts.Read(migration.VerifySql!, migration.VerifyPath ?? migration.Path, 1, noTransaction: false);
            foreach (ScriptStatement statement in script.Statements)
            {
                results.Add(await CheckAsync(session, $"{migration.Id} verify, line {statement.Line}", statement.Sql, null, when, cancellationToken).ConfigureAwait(false));
            }
        }

        return results;
    }

    /// <summary>The project's invariants.</summary>
    public async Task<IReadOnlyList<CheckResult>> InvariantsAsync(IDatabaseSession session, DatabaseSettings? settings, string when, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (InvariantSettings invariant in settings?.Invariants ?? [])
        {
            results.Add(await CheckAsync(session, invariant.Name, invariant.Query, invariant.Expected, when, cancellationToken).ConfigureAwait(false));
        }

        return results;
    }

    /// <summary>Whether the query probes can still be planned: a query of the application that no longer fits the schema is a failure, not a slowdown.</summary>
    public async Task<IReadOnlyList<CheckResult>> ProbesStillRunAsync(IDatabaseSession session, DatabaseSettings? settings, CancellationToken cancellationToken)
    {
        var results = new List<CheckResult>();
        foreach (string query in settings?.QueryProbes ?? [])
        {
            string name = $"query probe {SqlPreview.Of(query, 60)}";
            try
            {
                await context.Engine.Measurement.ExplainAsync(session, query, cancellationToken).ConfigureAwait(false);
                results.Add(new CheckResult(name, "rehearsal", true, "it can be planned"));
            }
            catch (SafeDbException failure)
            {
                await context.Engine.Execution.RollbackAsync(session).ConfigureAwait(false);
                results.Add(new CheckResult(name, "rehearsal", false, failure.Message));
            }
        }

        return results;
    }

    private async Task<CheckResult> CheckAsync(IDatabaseSession session, string name, string sql, string? expected, string when, CancellationToken cancellationToken)
    {
        try
        {
            await session.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
            (bool passed, string message) = await AskAsync(session, sql, expected, cancellationToken).ConfigureAwait(false);
            return new CheckResult(name, when, passed, message);
        }
        catch (Exception failure) when (session.Translate(failure, cancellationToken) is SafeDbException or DbException)
        {
            return new CheckResult(name, when, false, failure.Message);
        }
        finally
        {
            await context.Engine.Execution.RollbackAsync(session).ConfigureAwait(false);
        }
    }

    private static async Task<(bool Passed, string Message)> AskAsync(IDatabaseSession session, string sql, string? expected, CancellationToken cancellationToken)
    {
        DbCommand command = session.Connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = sql;
            DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                bool any = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                object? value = any && reader.FieldCount > 0 ? reader.GetValue(0) : null;
                bool single = any && reader.FieldCount == 1 && IsExpression(reader);
                bool more = any && await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                string text = value is null or DBNull ? "NULL" : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                if (expected is not null)
                {
                    return (any && !more && text.Equals(expected, StringComparison.Ordinal), any ? $"the value is {text}, expected {expected}" : $"no row, expected {expected}");
                }

                return !any ? (true, "no row")
                    : single && !more && value is true or 1L ? (single && !more, single && !more ? "true" : "it returns rows")
                    : (false, single && !more && value is false or 0L ? "false" : "it returns rows");
            }
        }
    }

    /// <summary>A column of a table is a row that was found; only an expression can be the answer itself.</summary>
    private static bool IsExpression(DbDataReader reader)
    {
        try
        {
            return reader.GetColumnSchema() is [var column] && string.IsNullOrEmpty(column.BaseTableName);
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
