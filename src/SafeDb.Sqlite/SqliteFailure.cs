using Microsoft.Data.Sqlite;

using SafeDb.Errors;
using SafeDb.Sql;

using SQLitePCL;

namespace SafeDb.Sqlite;

/// <summary>Turns the driver's, the library's and the file system's failures into errors with ids.</summary>
internal static class SqliteFailure
{
    private const int PrimaryMask = 0xff;

    // ENOSPC, EDQUOT, EFBIG on Unix; ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL on Windows.
    private static readonly int[] NoSpace = [28, 122, 27, unchecked((int)0x80070027), unchecked((int)0x80070070)];

    public static SafeDbException From(int code, int extended, string message, string path, SqlLocation? location = null)
    {
        SafeDbError error = (code & PrimaryMask) switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => SqliteErrors.Busy.Error(path),
            raw.SQLITE_NOTADB => SqliteErrors.NotADatabase.Error(path),
            raw.SQLITE_CORRUPT when IsSchema(message) => SqliteErrors.SchemaNotUnderstood.Error(path, message),
            raw.SQLITE_CORRUPT => SqliteErrors.Corrupt.Error(path, message),
            raw.SQLITE_FULL => SqliteErrors.DiskFull.Error(path),
            raw.SQLITE_IOERR => SqliteErrors.InputOutput.Error(path, message),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH => SqliteErrors.AccessDenied.Error(path),
            raw.SQLITE_CONSTRAINT => SqliteErrors.Constraint.Error(message),
            raw.SQLITE_INTERRUPT => GeneralErrors.Cancelled.Error(),
            raw.SQLITE_ERROR when IsSchema(message) => SqliteErrors.SchemaNotUnderstood.Error(path, message),
            raw.SQLITE_ERROR when IsSyntax(message) => SqliteErrors.Syntax.Error(message),
            _ => SqliteErrors.Statement.Error(message),
        };
        return new SafeDbException(error with { EngineCode = extended.ToString(System.Globalization.CultureInfo.InvariantCulture), Target = path, Location = location });
    }

    public static SafeDbException From(SqliteException exception, string path)
    {
        SafeDbException translated = From(exception.SqliteErrorCode, exception.SqliteExtendedErrorCode, exception.Message, path);
        return new SafeDbException(translated.Error, exception);
    }

    public static SafeDbException From(IOException exception, string path) => NoSpace.Contains(exception.HResult)
        ? SqliteErrors.DiskFull.Caused(exception, path)
        : SqliteErrors.InputOutput.Caused(exception, path, exception.Message);

    /// <summary>The error for what was thrown; itself when it comes neither from the library nor from the file system. A cancelled operation stays what it is.</summary>
    public static Exception Translate(Exception exception, string path, CancellationToken cancellationToken) => exception switch
    {
        SafeDbException e when e.Id == GeneralErrors.Cancelled.Id && cancellationToken.IsCancellationRequested => new OperationCanceledException(e.Message, e, cancellationToken),
        SqliteException e when e.SqliteErrorCode == raw.SQLITE_INTERRUPT && cancellationToken.IsCancellationRequested => new OperationCanceledException(e.Message, e, cancellationToken),
        SqliteException e => From(e, path),
        UnauthorizedAccessException e => SqliteErrors.AccessDenied.Caused(e, path),
        IOException e => From(e, path),
        _ => exception,
    };

#pragma warning disable CA1068 // the action, mostly a lambda of many lines, reads best as the last argument

    /// <summary>Runs an action and translates what it throws. A cancelled operation stays what it is.</summary>
    public static async Task<T> TranslateAsync<T>(string path, CancellationToken cancellationToken, Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (Translate(e, path, cancellationToken) != e)
        {
            throw Translate(e, path, cancellationToken);
        }
    }

    /// <inheritdoc cref="TranslateAsync{T}"/>
    public static Task TranslateAsync(string path, CancellationToken cancellationToken, Func<Task> action) =>
        TranslateAsync(path, cancellationToken, async () =>
        {
            await action().ConfigureAwait(false);
            return true;
        });

#pragma warning restore CA1068

    private static bool IsSchema(string message) =>
        message.Contains("malformed database schema", StringComparison.Ordinal) || message.Contains("unsupported file format", StringComparison.Ordinal);

    private static bool IsSyntax(string message) =>
        message.Contains("syntax error", StringComparison.Ordinal)
        || message.Contains("incomplete input", StringComparison.Ordinal)
        || message.Contains("unrecognized token", StringComparison.Ordinal);
}
