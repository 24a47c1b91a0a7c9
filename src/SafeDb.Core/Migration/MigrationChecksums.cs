using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SafeDb.Migration;

/// <summary>The checksums by which tools tell an edited migration from one that is as it was.</summary>
public static class MigrationChecksums
{
    private const string ByteOrderMark = "\uFEFF";

    /// <summary>SHA-256, lower-case hex, of a text without byte order mark and with LF line ends: edits that change nothing give the same value.</summary>
    public static string Content(string text) => Sha256(ToLf(WithoutMark(text)));

    /// <summary>SHA-256, lower-case hex, of the text exactly as it is, as Prisma Migrate records it.</summary>
    public static string Sha256(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant();

    /// <summary>
    /// Every value that Prisma Migrate may have recorded for the same content: with the other line ends, with or without byte order mark, and each also in the form of old
    /// engines that lost the leading zero of a byte.
    /// </summary>
    public static IReadOnlyList<string> PrismaEquivalents(string text)
    {
        string lf = ToLf(WithoutMark(text));
        string crlf = lf.Replace("\n", "\r\n", StringComparison.Ordinal);
        string[] variants = [text, lf, crlf, ByteOrderMark + lf, ByteOrderMark + crlf];
        return [.. variants.Select(Sha256).SelectMany(hash => new[] { hash, WithoutPadding(hash) }).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>CRC-32 over the lines without their ends and without byte order mark, as a signed number, as Flyway records it.</summary>
    public static int Flyway(string text)
    {
        uint crc = uint.MaxValue;
        foreach (string line in Lines(WithoutMark(text)))
        {
            crc = Crc32.Append(crc, Encoding.UTF8.GetBytes(line));
        }

        return unchecked((int)~crc);
    }

    /// <summary>The text with LF line ends only.</summary>
    internal static string ToLf(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    private static string WithoutMark(string text) => text.StartsWith('\uFEFF') ? text[1..] : text;

    private static string WithoutPadding(string hex) =>
        string.Concat(Enumerable.Range(0, hex.Length / 2).Select(i => hex[2 * i] == '0' ? hex.Substring((2 * i) + 1, 1) : hex.Substring(2 * i, 2)));

    /// <summary>Lines as java.io.BufferedReader reads them: a last line end does not begin another line.</summary>
    private static IEnumerable<string> Lines(string text)
    {
        using var reader = new StringReader(text);
        while (reader.ReadLine() is string line)
        {
            yield return line;
        }
    }
}

/// <summary>CRC-32 of IEEE 802.3, which the lock ids and checksums of other tools are made of.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Compute(ReadOnlySpan<byte> data) => ~Append(uint.MaxValue, data);

    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (byte value in data)
        {
            crc = (crc >> 8) ^ Table[(crc ^ value) & 0xFF];
        }

        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320 : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}

/// <summary>Numbers by which other tools name their locks in PostgreSQL.</summary>
public static class PeerLockIds
{
    /// <summary>Prisma Migrate's.</summary>
    public const long Prisma = 72707369;

    /// <summary>node-pg-migrate's.</summary>
    public const long NodePgMigrate = 7241865325823964;

    private const long FlywayBase = 77431708279161;
    private const uint GolangSalt = 1486364155;

    /// <summary>Flyway's, for its history table.</summary>
    public static long Flyway(string schema, string table) => FlywayBase + JavaHash($"\"{schema}\".\"{table}\"");

    /// <summary>golang-migrate's, for its history table and the database's name.</summary>
    public static long GolangMigrate(string schema, string table, string database)
    {
        uint crc = Crc32.Compute(Encoding.UTF8.GetBytes($"{schema}\0{table}\0{database}"));
        return unchecked(crc * GolangSalt);
    }

    /// <summary>A number as text, for messages.</summary>
    internal static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static int JavaHash(string text)
    {
        int hash = 0;
        foreach (char unit in text)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return hash;
    }
}
