using System.Globalization;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Integrity;
using SafeDb.PostgreSql.Connections;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Integrity;

/// <summary>
/// Indexes that do not serve, constraints that old rows may break, rows whose parents are gone, and, where the extension amcheck is installed, the pages of tables and indexes. Everything in
/// one read-only transaction; what fails (rights, row security) is rolled back to its savepoint and told as not checked.
/// </summary>
public sealed class PostgreSqlIntegrityCheck : IIntegrityCheck
{
    private const string InvalidIndex = "invalid-index";
    private const string UnvalidatedConstraint = "unvalidated-constraint";
    private const string ForeignKey = "foreign-key";
    private const string Structure = "structure";

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public IReadOnlyList<string> Checks { get; } = [InvalidIndex, UnvalidatedConstraint, ForeignKey, Structure];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<IntegrityFinding>> RunAsync(IDatabaseSession session, Action<string> begins, CancellationToken cancellationToken)
    {
        var connection = (NpgsqlConnection)session.Connection;
        await session.ExecuteAsync("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY", cancellationToken).ConfigureAwait(false);
        try
        {
            // Rows that a policy would hide must not pass for rows that are not there.
            await session.ExecuteAsync("SET LOCAL row_security = off", cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync("SET LOCAL standard_conforming_strings = on", cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync("SET LOCAL search_path = ''", cancellationToken).ConfigureAwait(false);
            var findings = new List<IntegrityFinding>();
            begins(InvalidIndex);
            findings.AddRange((await RowsAsync(connection, IntegrityQueries.InvalidIndexes, cancellationToken).ConfigureAwait(false)).Select(OfIndex));
            begins(UnvalidatedConstraint);
            findings.AddRange((await RowsAsync(connection, IntegrityQueries.UnvalidatedConstraints, cancellationToken).ConfigureAwait(false)).Select(OfConstraint));
            begins(ForeignKey);
            findings.AddRange(await OrphansAsync(session, connection, cancellationToken).ConfigureAwait(false));
            begins(Structure);
            findings.AddRange(await StructureAsync(session, connection, cancellationToken).ConfigureAwait(false));
            return findings;
        }
        finally
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await session.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private static IntegrityFinding OfIndex(string?[] row) => new(
        IntegritySeverity.Warning, InvalidIndex, row[0]!, $"This index of {row[1]} is invalid: queries do not use it, but every write pays for it.",
        $"REINDEX INDEX CONCURRENTLY {row[0]}; or DROP INDEX CONCURRENTLY {row[0]};");

    private static IntegrityFinding OfConstraint(string?[] row) => new(
        IntegritySeverity.Warning, UnvalidatedConstraint, $"{row[1]}.{row[0]}", "This constraint was never validated: rows from before it may break it.",
        $"ALTER TABLE {row[1]} VALIDATE CONSTRAINT {row[0]};");

    private static async Task<List<IntegrityFinding>> OrphansAsync(IDatabaseSession session, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var findings = new List<IntegrityFinding>();
        foreach (string?[] key in await RowsAsync(connection, IntegrityQueries.ForeignKeys, cancellationToken).ConfigureAwait(false))
        {
            string name = $"{key[1]}.{key[0]}";
            Answer answer = await AskAsync(session, connection, key[3]!, cancellationToken).ConfigureAwait(false);
            if (answer.Problem is { } problem)
            {
                findings.Add(NotChecked(ForeignKey, name, problem));
            }
            else if (answer.Damage is { } damage)
            {
                findings.Add(OfDamage(key[1]!, damage));
            }
            else if (long.Parse(answer.Text!, CultureInfo.InvariantCulture) is var rows and > 0)
            {
                findings.Add(new IntegrityFinding(
                    IntegritySeverity.Violation, ForeignKey, name, $"{Counted.Of(rows, "row refers", "rows refer")} to rows of {key[2]} that do not exist.",
                    $"Find how they came in (triggers switched off, session_replication_role, NOT VALID), then delete them or restore their parents. They are counted by: {key[3]};") { Rows = rows });
            }
        }

        return findings;
    }

    private static async Task<List<IntegrityFinding>> StructureAsync(IDatabaseSession session, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await RowsAsync(connection, IntegrityQueries.AmcheckSchema, cancellationToken).ConfigureAwait(false) is not [[{ } schema]])
        {
            return [new IntegrityFinding(
                IntegritySeverity.NotChecked, Structure, string.Empty, "The pages of tables and indexes were not looked at: the extension amcheck is not installed.",
                "CREATE EXTENSION amcheck; as a superuser (it is part of PostgreSQL's contrib), then check again.")];
        }

        var findings = new List<IntegrityFinding>();
        foreach (string?[] item in await RowsAsync(connection, IntegrityQueries.AmcheckObjects(schema, session.Engine.Version), cancellationToken).ConfigureAwait(false))
        {
            Answer answer = await AskAsync(session, connection, item[1]!, cancellationToken).ConfigureAwait(false);
            if (answer.Problem is { } problem)
            {
                findings.Add(NotChecked(Structure, item[0]!, problem));
            }
            else if ((answer.Damage ?? answer.Text) is { Length: > 0 } damage)
            {
                findings.Add(OfDamage(item[0]!, damage));
            }
        }

        return findings;
    }

    private static IntegrityFinding OfDamage(string name, string message) => new(
        IntegritySeverity.Damage, Structure, name, message,
        "If it is an index, REINDEX it. If it is a table, stop writing, keep a copy of the data folder, and restore the newest backup that passed its drill.");

    private static IntegrityFinding NotChecked(string check, string name, SafeDbError problem) =>
        new(IntegritySeverity.NotChecked, check, name, problem.Message, problem.RecommendedAction);

    /// <summary>
    /// One value, or the damage met on the way to it, or why it could not be had; the transaction stays usable. Damage is caught on the server: the driver closes a connection that
    /// reports it, and the rest could not be looked at.
    /// </summary>
    private static async Task<Answer> AskAsync(IDatabaseSession session, NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        await session.ExecuteAsync("SAVEPOINT safedb_check", cancellationToken).ConfigureAwait(false);
        try
        {
            await session.ExecuteAsync(IntegrityQueries.Guarded(query), cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string?[]> rows = await RowsAsync(connection, IntegrityQueries.GuardedAnswer, cancellationToken).ConfigureAwait(false);
            return new Answer(rows[0][0], rows[0][1] is { Length: > 0 } damage ? damage : null, null);
        }
        catch (SafeDbException refused) when (connection.State == System.Data.ConnectionState.Open)
        {
            await session.ExecuteAsync("ROLLBACK TO SAVEPOINT safedb_check", cancellationToken).ConfigureAwait(false);
            return new Answer(null, null, refused.Error);
        }
    }

    private static async Task<IReadOnlyList<string?[]>> RowsAsync(NpgsqlConnection connection, string query, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.RowsAsync(query, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            throw ErrorTranslator.Translate(failure, query, cancellationToken);
        }
    }

    private sealed record Answer(string? Text, string? Damage, SafeDbError? Problem);
}
