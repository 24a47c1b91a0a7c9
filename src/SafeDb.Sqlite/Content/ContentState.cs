using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

using Microsoft.Data.Sqlite;

using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

namespace SafeDb.Sqlite.Content;

/// <summary>
/// State that a drill compares, and what the library's own check says. Rows that break a NOT NULL, CHECK, type or foreign-key rule are facts about the data, not damage: a source
/// that holds them can be backed up, and the row fingerprints prove that its copy holds exactly the same. Everything else that the check reports is damage.
/// </summary>
internal static partial class ContentState
{
    public const string ForeignKeyViolations = "foreign_key_violations";
    private const int MaxMessages = 1000;

    /// <summary>Name of the state that tells the last number of an AUTOINCREMENT table.</summary>
    public static string SequenceOf(string table) => "sequence " + SqliteNames.Identity(table);

    public static IReadOnlyDictionary<string, string> Read(SqliteConnection connection)
    {
        var state = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["user_version"] = connection.Text("PRAGMA user_version"),
            ["application_id"] = connection.Text("PRAGMA application_id"),
            ["encoding"] = connection.Text("PRAGMA encoding"),
            ["page_size"] = connection.Text("PRAGMA page_size"),
            [ForeignKeyViolations] = Summary(ReadForeignKeyViolations(connection)),
        };
        if (connection.Number("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_sequence'") > 0)
        {
            foreach ((string table, string value) in connection.Query("SELECT name, seq FROM sqlite_sequence", row => (row.GetString(0), Convert.ToString(row.GetValue(1), CultureInfo.InvariantCulture)!)))
                state[SequenceOf(table)] = value;
        }

        return state;
    }

    /// <summary>Facts that a restore keeps but a drill does not compare.</summary>
    public static Dictionary<string, string> ReadProperties(SqliteConnection connection) => new(StringComparer.Ordinal)
    {
        ["auto_vacuum"] = connection.Text("PRAGMA auto_vacuum"),
        ["page_count"] = connection.Text("PRAGMA page_count"),
    };

    /// <summary>Damage that the check reports. <c>quick_check</c> leaves out whether indexes agree with their tables.</summary>
    public static IReadOnlyList<string> FindDamage(SqliteConnection connection, bool full) => [.. CheckMessages(connection, full).Where(message => !IsViolation(message))];

    /// <summary>Everything that the check reports.</summary>
    public static IReadOnlyList<string> CheckMessages(SqliteConnection connection, bool full)
    {
        string limit = MaxMessages.ToString(CultureInfo.InvariantCulture);
        List<string> messages = connection.Query($"PRAGMA {(full ? "integrity_check" : "quick_check")}({limit})", row => row.GetString(0));
        return messages is ["ok"] ? [] : messages;
    }

    /// <summary>Whether a message is about rows that break a rule, and not about damage.</summary>
    public static bool IsViolation(string message) => ViolationPattern().IsMatch(message);

    private static List<string> ReadForeignKeyViolations(SqliteConnection connection)
    {
        try
        {
            return connection.Query("PRAGMA foreign_key_check", row => string.Join('|', Enumerable.Range(0, 4).Select(i => row.IsDBNull(i) ? string.Empty : row.GetString(i))));
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
        {
            // A foreign key that leads to no usable parent key cannot be checked, in the source as in the copy.
            return [e.Message];
        }
    }

    private static string Summary(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return "0";
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal)));
        return string.Create(CultureInfo.InvariantCulture, $"{lines.Count} sha256:{Convert.ToHexString(SHA256.HashData(text)).ToLowerInvariant()}");
    }

    [GeneratedRegex(@"^(NULL value in |CHECK constraint failed in |(TEXT|NUMERIC|non-\w+) value in )", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ViolationPattern();
}
