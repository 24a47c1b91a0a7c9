using System.Runtime.InteropServices;

namespace SafeDb.Sqlite.Native;

/// <summary>
/// The few functions that the driver lacks or offers in a way that does not do here: its blob accessor reads text of UTF-16 databases through a pointer that the
/// length call has just made invalid, and copies every value.
/// </summary>
internal static unsafe class SqliteApi
{
    private static readonly delegate* unmanaged[Cdecl]<nint, int> StepFunction = (delegate* unmanaged[Cdecl]<nint, int>)Required("sqlite3_step");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, int> TypeFunction = (delegate* unmanaged[Cdecl]<nint, int, int>)Required("sqlite3_column_type");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, long> Int64Function = (delegate* unmanaged[Cdecl]<nint, int, long>)Required("sqlite3_column_int64");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, double> DoubleFunction = (delegate* unmanaged[Cdecl]<nint, int, double>)Required("sqlite3_column_double");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, byte*> TextFunction = (delegate* unmanaged[Cdecl]<nint, int, byte*>)Required("sqlite3_column_text");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, byte*> BlobFunction = (delegate* unmanaged[Cdecl]<nint, int, byte*>)Required("sqlite3_column_blob");
    private static readonly delegate* unmanaged[Cdecl]<nint, int, int> BytesFunction = (delegate* unmanaged[Cdecl]<nint, int, int>)Required("sqlite3_column_bytes");
    private static readonly delegate* unmanaged[Cdecl]<nint, int> ErrorOffsetFunction = (delegate* unmanaged[Cdecl]<nint, int>)SqliteNative.Find("sqlite3_error_offset");

    public static int Step(nint statement) => StepFunction(statement);

    public static int ColumnType(nint statement, int column) => TypeFunction(statement, column);

    public static long ColumnInt64(nint statement, int column) => Int64Function(statement, column);

    public static double ColumnDouble(nint statement, int column) => DoubleFunction(statement, column);

    /// <summary>A text in UTF-8, also out of UTF-16 databases. Valid until the next call on the statement.</summary>
    public static ReadOnlySpan<byte> ColumnText(nint statement, int column)
    {
        byte* text = TextFunction(statement, column);
        return new ReadOnlySpan<byte>(text, text is null ? 0 : BytesFunction(statement, column));
    }

    /// <summary>A blob. Valid until the next call on the statement.</summary>
    public static ReadOnlySpan<byte> ColumnBlob(nint statement, int column)
    {
        byte* blob = BlobFunction(statement, column);
        return new ReadOnlySpan<byte>(blob, blob is null ? 0 : BytesFunction(statement, column));
    }

    /// <summary>Byte offset in the statement at which the last error stands, or -1 when unknown (also before SQLite 3.38).</summary>
    public static int ErrorOffset(nint connection) => ErrorOffsetFunction is null ? -1 : ErrorOffsetFunction(connection);

    private static nint Required(string name) => NativeLibrary.GetExport(SqliteNative.Library, name);
}
