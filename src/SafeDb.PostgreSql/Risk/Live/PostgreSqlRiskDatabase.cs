using System.Globalization;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.Providers;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>Asks a PostgreSQL database for what sharpens the analysis, and counts the rows that findings are about. Reads only, waits for no lock, and is bounded in time.</summary>
public sealed class PostgreSqlRiskDatabase : IRiskDatabase
{
    private const string QueryCanceled = "57014";
    private static readonly TimeSpan FactsLimit = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public async Task<ICatalogFacts> ReadFactsAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)session.Connection;
        NpgsqlTransaction transaction = await BeginAsync(connection, FactsLimit, namesQualified: true, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            return await new CatalogueReader(connection).ReadAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task<long?> CountAsync(IDatabaseSession session, RiskProbe probe, TimeSpan limit, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)session.Connection;
        NpgsqlTransaction transaction = await BeginAsync(connection, limit, namesQualified: false, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            try
            {
                var command = new NpgsqlCommand(probe.Sql, connection, transaction);
                await using (command.ConfigureAwait(false))
                {
                    return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long count ? count : null;
                }
            }
            catch (PostgresException refused) when (!cancellationToken.IsCancellationRequested && IsAboutTheQuery(refused.SqlState))
            {
                // Too slow, locked, not permitted, or about a column that only the migration makes: no answer is given, and none is made up.
                return null;
            }
        }
    }

    private static bool IsAboutTheQuery(string state) =>
        state == QueryCanceled || state.StartsWith("42", StringComparison.Ordinal) || state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("55", StringComparison.Ordinal) || state == "25006";

    // READ ONLY is the server's promise, not ours; disposing rolls back, and the settings end with the transaction.
    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, TimeSpan limit, bool namesQualified, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
        long milliseconds = Math.Max(1, (long)limit.TotalMilliseconds);
        var command = new NpgsqlCommand(
            string.Create(CultureInfo.InvariantCulture, $"SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = '1s'{(namesQualified ? "; SET LOCAL search_path = ''" : "")}"), connection, transaction);
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        return transaction;
    }
}
