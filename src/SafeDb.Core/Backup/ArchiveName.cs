using System.Globalization;
using System.Text;

namespace SafeDb.Backup;

/// <summary>Names of archives: <c>shop-20260131T030000123Z-1a2b3c4d.safedb</c>. They sort by time, and two backups can never meet under one name.</summary>
public static class ArchiveName
{
    /// <summary>Extension of archives.</summary>
    public const string Extension = ".safedb";

    /// <summary>The name for a backup of a database at a time.</summary>
    /// <param name="database">The database's own name.</param>
    /// <param name="time">When, in UTC.</param>
    /// <param name="archiveId">The archive's id; its first eight digits keep the name unique.</param>
    public static string For(string database, DateTimeOffset time, string archiveId) =>
        string.Create(CultureInfo.InvariantCulture, $"{DatabasePart(database)}-{time.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{archiveId[..8]}{Extension}");

    /// <summary>How a database's name stands in the names of its archives.</summary>
    public static string DatabasePart(string database)
    {
        var safe = new StringBuilder(database.Length);
        foreach (char c in database.Normalize(NormalizationForm.FormC))
        {
            // Letters of any language are fine for file systems and blobs; separators, wildcards and control characters are not.
            safe.Append(char.IsLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_');
        }

        string name = safe.ToString().Trim('.', '-');
        return name.Length switch
        {
            0 => "database",
            > 80 => name[..80],
            _ => name,
        };
    }

    /// <summary>The database part of a name, or null when the name was not made by <see cref="For"/>.</summary>
    public static string? DatabaseOf(string name)
    {
        string[] parts = name.EndsWith(Extension, StringComparison.Ordinal) ? name[..^Extension.Length].Split('-') : [];
        return parts.Length >= 3 && parts[^1].Length == 8 && parts[^2].Length == 19 && parts[^2][^1] == 'Z' ? string.Join('-', parts[..^2]) : null;
    }
}
