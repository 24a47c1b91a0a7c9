using System.Data.Common;
using System.Globalization;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>What one engine contributes to history tables: its DDL, its catalogue, its locks and its way to write moments.</summary>
public abstract class HistoryEngine
{
    /// <summary>The engine.</summary>
    public abstract DatabaseEngine Engine { get; }

    /// <summary>Statements that create a tool's table, exactly as the tool would; null when the tool does not know the engine.</summary>
    public abstract IReadOnlyList<string>? CreateStatements(string format);

    /// <summary>Lower-case names of a table's columns; empty when there is no such table.</summary>
    public abstract Task<IReadOnlyList<string>> ColumnsAsync(IDatabaseSession session, string table, CancellationToken cancellationToken);

    /// <summary>Takes a tool's own lock without waiting; null when it is held.</summary>
    public abstract Task<IAsyncDisposable?> TryLockAsync(IDatabaseSession session, string format, CancellationToken cancellationToken);

    /// <summary>A moment as a tool's column holds it.</summary>
    public abstract Task<object> MomentAsync(IDatabaseSession session, string table, string column, DateTimeOffset moment, CancellationToken cancellationToken);

    /// <summary>An expression for the user who is signed in, and one for the present moment in the server's own terms.</summary>
    public abstract (string User, string Now) Expressions { get; }

    /// <summary>A boolean as a parameter.</summary>
    public abstract object Boolean(bool value);

    /// <summary>Runs a command with parameters <c>@p0</c>, <c>@p1</c>….</summary>
    public static async Task<int> ExecuteAsync(IDatabaseSession session, string sql, CancellationToken cancellationToken, params object?[] parameters)
    {
        DbCommand command = Command(session, sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            try
            {
                return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (Translate(session, failure, cancellationToken) != failure)
            {
                throw Translate(session, failure, cancellationToken);
            }
        }
    }

    /// <summary>Reads rows.</summary>
    public static async Task<IReadOnlyList<object?[]>> QueryAsync(IDatabaseSession session, string sql, CancellationToken cancellationToken, params object?[] parameters)
    {
        DbCommand command = Command(session, sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            try
            {
                return await ReadAllAsync(command, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception failure) when (Translate(session, failure, cancellationToken) != failure)
            {
                throw Translate(session, failure, cancellationToken);
            }
        }
    }

    private static async Task<IReadOnlyList<object?[]>> ReadAllAsync(DbCommand command, CancellationToken cancellationToken)
    {
        DbDataReader reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var rows = new List<object?[]>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                rows.Add([.. values.Select(value => value is DBNull ? null : value)]);
            }

            return rows;
        }
    }

    /// <summary>A failure as the provider sees it when it is about the connection, a lock or the disk; else it is the query that was refused.</summary>
    private static Exception Translate(IDatabaseSession session, Exception failure, CancellationToken cancellationToken) => session.Translate(failure, cancellationToken) switch
    {
        SafeDbException { Error.Kind: not (ErrorKind.Connection or ErrorKind.Locked or ErrorKind.Storage) } refused when failure is DbException driver =>
            new SafeDbException(HistoryErrors.QueryFailed.Error(driver.Message) with { EngineCode = refused.Error.EngineCode, IsTransient = driver.IsTransient }, driver),
        var own => own,
    };

    /// <summary>Reads one value.</summary>
    public static async Task<object?> ScalarAsync(IDatabaseSession session, string sql, CancellationToken cancellationToken, params object?[] parameters) =>
        await QueryAsync(session, sql, cancellationToken, parameters).ConfigureAwait(false) is [[var value, ..], ..] ? value : null;

    /// <summary>A moment out of a column, whatever type the engine gave it.</summary>
    public static DateTimeOffset? ReadMoment(object? value) => value switch
    {
        null => null,
        DateTimeOffset offset => offset.ToUniversalTime(),
        DateTime date => new DateTimeOffset(DateTime.SpecifyKind(date, DateTimeKind.Utc)),
        long milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset parsed) => parsed,
        _ => null,
    };

    private static DbCommand Command(IDatabaseSession session, string sql, object?[] parameters)
    {
        DbCommand command = session.Connection.CreateCommand();
        command.CommandText = sql;
        for (int i = 0; i < parameters.Length; i++)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = $"@p{i.ToString(CultureInfo.InvariantCulture)}";
            parameter.Value = parameters[i] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

/// <summary>A lock that a tool does not have.</summary>
public sealed class NoLock : IAsyncDisposable
{
    /// <summary>The one instance.</summary>
    public static readonly NoLock Instance = new();

    private NoLock()
    {
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
