using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Names of the databases that a restore makes beside the one it is asked for. PostgreSQL cuts names at 63 bytes, so these are cut first.</summary>
internal static partial class DatabaseNames
{
    private const int LongestName = 63;

    /// <summary>A new name for a copy that stands aside.</summary>
    public static string Aside(string database) =>
        WithSuffix(database, "_safedb_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant());

    /// <summary>Whether a name was made by <see cref="Aside"/>.</summary>
    public static bool IsAside(string name) => AsideName().IsMatch(name);

    /// <summary>The name under which the old database is kept.</summary>
    public static string Before(string database, DateTimeOffset time, int attempt) =>
        WithSuffix(database, "_before_" + time.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
            + (attempt == 0 ? "" : "_" + attempt.ToString(CultureInfo.InvariantCulture)));

    private static string WithSuffix(string name, string suffix)
    {
        int room = LongestName - Encoding.UTF8.GetByteCount(suffix);
        var kept = new StringBuilder();
        foreach (Rune rune in name.EnumerateRunes())
        {
            if ((room -= rune.Utf8SequenceLength) < 0)
            {
                break;
            }

            kept.Append(rune);
        }

        return kept + suffix;
    }

    [GeneratedRegex("_safedb_[0-9a-f]{16}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex AsideName();
}
