using System.Globalization;

namespace SafeDb.Stores;

/// <summary>
/// What a store may keep with an archive so that a listing need not open it: blob metadata. Names are those that HTTP headers allow; values are percent-encoded where they need be.
/// Facts are hints for people: nothing authenticates them, and retention never trusts them.
/// </summary>
public static class ArchiveFacts
{
    private const string Prefix = "safedb_";

    /// <summary>The facts of a backup.</summary>
    public static IReadOnlyDictionary<string, string> Of(BackupInfo backup)
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal);
        void Add(string name, string? value)
        {
            if (value is not null)
            {
                facts[Prefix + name] = Uri.EscapeDataString(value);
            }
        }

        Add("id", backup.ArchiveId);
        Add("engine", backup.Engine?.ToString());
        Add("database", backup.DatabaseName);
        Add("created", backup.CreatedAt?.ToString("O", CultureInfo.InvariantCulture));
        Add("rows", backup.Rows?.ToString(CultureInfo.InvariantCulture));
        Add("tables", backup.Tables?.ToString(CultureInfo.InvariantCulture));
        Add("coverage", backup.Coverage);
        Add("recipients", string.Join(',', backup.Recipients));
        return facts;
    }

    /// <summary>Fills what the facts say into a listing's entry; null when the file has none.</summary>
    public static BackupInfo? Fill(BackupInfo entry, IReadOnlyDictionary<string, string> facts)
    {
        string? Read(string name) => facts.TryGetValue(Prefix + name, out string? value) ? Uri.UnescapeDataString(value) : null;
        if (Read("id") is not { } id || !Enum.TryParse(Read("engine"), out Addresses.DatabaseEngine engine))
        {
            return null;
        }

        string[] recipients = (Read("recipients") ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries);
        return entry with
        {
            ArchiveId = id,
            Engine = engine,
            DatabaseName = Read("database"),
            CreatedAt = DateTimeOffset.TryParse(Read("created"), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset created) ? created : null,
            Rows = long.TryParse(Read("rows"), CultureInfo.InvariantCulture, out long rows) ? rows : null,
            Tables = int.TryParse(Read("tables"), CultureInfo.InvariantCulture, out int tables) ? tables : null,
            Coverage = Read("coverage"),
            Recipients = recipients,
            Encrypted = recipients.Length > 0,
        };
    }
}
