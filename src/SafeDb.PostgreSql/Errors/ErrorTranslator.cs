using System.Net.Sockets;

using Npgsql;

using SafeDb.Errors;
using SafeDb.Sql;

namespace SafeDb.PostgreSql;

/// <summary>Turns what the driver throws into errors of SafeDb. Uses the server's primary message only: its detail repeats values of rows.</summary>
internal static class ErrorTranslator
{
    /// <summary>The SafeDb exception for whatever was thrown while talking to a server.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="statement">The statement that ran, to find the line of an error in it, or null.</param>
    /// <param name="cancellationToken">The caller's token: what happens after it was cancelled is the cancellation.</param>
    public static Exception Translate(Exception exception, string? statement = null, CancellationToken cancellationToken = default) => exception switch
    {
        SafeDbException => exception,
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException(exception.Message, exception, cancellationToken),
        OperationCanceledException => exception,
        PostgresException server => FromServer(server, statement),
        NpgsqlException { InnerException: TimeoutException } timeout => PostgreSqlErrors.Unreachable.Caused(timeout, "it did not answer in time"),
        NpgsqlException { InnerException: SocketException socket } lost => PostgreSqlErrors.Unreachable.Caused(lost, socket.SocketErrorCode.ToString()),
        NpgsqlException { InnerException: null } refused when refused.Message.Contains("No password has been provided", StringComparison.Ordinal) =>
            PostgreSqlErrors.AuthenticationFailed.Caused(refused, "the server wants a password, and none was given"),
        NpgsqlException { InnerException: null } plain when plain.Message.Contains("No SSL enabled connection", StringComparison.Ordinal) => PostgreSqlErrors.NoSsl.Caused(plain),
        NpgsqlException driver => PostgreSqlErrors.ConnectionLost.Caused(driver, driver.InnerException?.Message ?? driver.Message),
        IOException or SocketException or ObjectDisposedException => PostgreSqlErrors.ConnectionLost.Caused(exception, exception.Message),
        TimeoutException => PostgreSqlErrors.Unreachable.Caused(exception, "it did not answer in time"),
        InvalidOperationException { Message: var message } when message.Contains("Connection is not open", StringComparison.Ordinal) =>
            PostgreSqlErrors.ConnectionLost.Caused(exception, "it is closed"),
        _ => exception,
    };

    /// <summary>The definition for a SQLSTATE.</summary>
    public static ErrorDefinition Definition(string sqlState) => sqlState switch
    {
        "28P01" or "28000" => PostgreSqlErrors.AuthenticationFailed,
        "3D000" => PostgreSqlErrors.DatabaseMissing,
        "57P03" => PostgreSqlErrors.ServerNotReady,
        "57P01" or "57P02" or "57P04" or "57P05" => PostgreSqlErrors.ConnectionLost,
        "25P03" or "25P04" => PostgreSqlErrors.ConnectionLost,
        "53300" => PostgreSqlErrors.TooManyConnections,
        "53100" => PostgreSqlErrors.DiskFull,
        "53200" => PostgreSqlErrors.OutOfMemory,
        "55P03" or "55006" => PostgreSqlErrors.LockTimeout,
        "40P01" => PostgreSqlErrors.Deadlock,
        "40001" or "40003" => PostgreSqlErrors.Serialization,
        "57014" => PostgreSqlErrors.StatementCancelled,
        "42501" => PostgreSqlErrors.PermissionDenied,
        "25006" => PostgreSqlErrors.ReadOnly,
        "42601" => PostgreSqlErrors.SyntaxError,
        "42P01" or "42703" or "42704" or "42883" or "3F000" => PostgreSqlErrors.ObjectMissing,
        "42P07" or "42710" or "42P06" or "42P04" or "42701" or "42723" => PostgreSqlErrors.ObjectExists,
        "XX001" or "XX002" => PostgreSqlErrors.DataCorrupted,
        _ when sqlState.StartsWith("08", StringComparison.Ordinal) => PostgreSqlErrors.ConnectionLost,
        _ when sqlState.StartsWith("23", StringComparison.Ordinal) => PostgreSqlErrors.ConstraintViolated,
        _ => PostgreSqlErrors.StatementFailed,
    };

    private static SafeDbException FromServer(PostgresException server, string? statement)
    {
        bool rowSecurity = server.SqlState == "42501" && server.MessageText.Contains("row-level security", StringComparison.Ordinal);
        SafeDbError error = (rowSecurity ? PostgreSqlErrors.RowSecurity : Definition(server.SqlState)).Error(server.MessageText) with
        {
            EngineCode = server.SqlState,
            Target = TargetOf(server),
            Location = LocationOf(server, statement),
        };
        return new SafeDbException(error, server);
    }

    private static string? TargetOf(PostgresException server) =>
        server.SchemaName is null || (server.TableName ?? server.ConstraintName) is null
            ? null
            : $"{server.SchemaName}.{server.TableName ?? server.ConstraintName}" + (server is { TableName: not null, ConstraintName: not null } ? $" ({server.ConstraintName})" : "");

    private static SqlLocation? LocationOf(PostgresException server, string? statement)
    {
        if (statement is null || server.Position <= 0)
        {
            return null;
        }

        // The server counts characters, .NET UTF-16 units.
        int offset = 0;
        for (int characters = 1; characters < server.Position && offset < statement.Length; characters++)
        {
            offset += char.IsHighSurrogate(statement[offset]) && offset + 1 < statement.Length ? 2 : 1;
        }

        return new SourceText(statement).Locate(offset, 0);
    }
}
