using System.Buffers;
using System.Buffers.Binary;

using SafeDb.Sqlite.Native;

using SQLitePCL;

namespace SafeDb.Sqlite.Content;

/// <summary>
/// The canonical bytes of a row: for each value its storage class (one byte, as the library numbers them) and its content; integers and reals as eight big-endian bytes,
/// texts (UTF-8) and blobs behind their length in four. Typing is dynamic, so <c>1</c>, <c>1.0</c> and <c>'1'</c> must differ.
/// </summary>
internal sealed class RowEncoder
{
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);

    public ReadOnlySpan<byte> Encode(nint statement, int columns)
    {
        _buffer.ResetWrittenCount();
        for (int i = 0; i < columns; i++) EncodeValue(statement, i);
        return _buffer.WrittenSpan;
    }

    private void EncodeValue(nint statement, int column)
    {
        int type = SqliteApi.ColumnType(statement, column);
        switch (type)
        {
            case raw.SQLITE_INTEGER:
                WriteNumber(type, SqliteApi.ColumnInt64(statement, column));
                break;
            case raw.SQLITE_FLOAT:
                WriteNumber(type, BitConverter.DoubleToInt64Bits(SqliteApi.ColumnDouble(statement, column)));
                break;
            case raw.SQLITE_TEXT:
                WriteBytes(type, SqliteApi.ColumnText(statement, column));
                break;
            case raw.SQLITE_BLOB:
                WriteBytes(type, SqliteApi.ColumnBlob(statement, column));
                break;
            default:
                _buffer.GetSpan(1)[0] = raw.SQLITE_NULL;
                _buffer.Advance(1);
                break;
        }
    }

    private void WriteNumber(int type, long bits)
    {
        Span<byte> span = _buffer.GetSpan(1 + sizeof(long));
        span[0] = (byte)type;
        BinaryPrimitives.WriteInt64BigEndian(span[1..], bits);
        _buffer.Advance(1 + sizeof(long));
    }

    private void WriteBytes(int type, ReadOnlySpan<byte> content)
    {
        Span<byte> span = _buffer.GetSpan(1 + sizeof(int) + content.Length);
        span[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(span[1..], content.Length);
        content.CopyTo(span[(1 + sizeof(int))..]);
        _buffer.Advance(1 + sizeof(int) + content.Length);
    }
}
