using SafeDb.Archive;

namespace SafeDb.Backup;

/// <summary>What a manifest says of an archive, in the result of a backup and in a listing alike.</summary>
internal static class ManifestFacts
{
    /// <summary>The archive with what its manifest says.</summary>
    public static BackupInfo Fill(BackupInfo backup, ArchiveManifest manifest)
    {
        ManifestTable[] tables = [.. manifest.Tables.Where(table => LargeObjects.IsTable(table.Name))];
        return backup with
        {
            DatabaseName = manifest.Source.Database,
            CreatedAt = manifest.SnapshotTime,
            Rows = tables.Sum(table => table.Fingerprint?.Rows ?? 0),
            Tables = tables.Length,
            LargeObjects = LargeObjects.Count(manifest),
            Coverage = ArchiveExtent.Of(manifest),
            Filters = ArchiveExtent.Filters(manifest.Scope),
            NotCovered = ArchiveExtent.NotCovered(manifest),
        };
    }
}
