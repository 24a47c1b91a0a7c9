namespace SafeDb.Sqlite.Backup;

/// <summary>Names of the manifest's properties that a restore of an image reads.</summary>
internal static class ImageProperties
{
    /// <summary>Length of the database file.</summary>
    public const string Bytes = "image_bytes";

    /// <summary>Journal mode of the source.</summary>
    public const string JournalMode = "journal_mode";
}
