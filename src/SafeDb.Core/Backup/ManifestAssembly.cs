using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Providers;

namespace SafeDb.Backup;

/// <summary>Puts the manifest together from what was described before, counted while, and known after the reading.</summary>
internal static class ManifestAssembly
{
    public static ArchiveManifest Assemble(
        BackupPlan plan, BackupContents contents, UnitTotals totals, BackupClosing closing, DateTimeOffset started, DateTimeOffset completed) => new()
        {
            ArchiveId = plan.ArchiveId,
            Source = contents.Source,
            SnapshotTime = contents.SnapshotTime,
            StartedAt = started,
            CompletedAt = completed,
            ToolVersion = SafeDbEngine.Version,
            Scope = plan.Scope,
            Coverage = contents.Coverage,
            SchemaObjects = contents.Schema.Objects,
            SchemaFingerprint = contents.Schema.Fingerprint(),
            Tables = [.. contents.Tables.Select(table => WithFingerprint(table, totals, closing))],
            Parts = totals.Parts,
            State = contents.State,
            Properties = contents.Properties,
        };

    private static ManifestTable WithFingerprint(ManifestTable table, UnitTotals totals, BackupClosing closing)
    {
        if (table.RowsOmitted is not null)
        {
            return table;
        }

        RowFingerprint? fingerprint = totals.Digests.TryGetValue(table.Name, out RowDigest? digest)
            ? digest.ToFingerprint()
            : closing.Fingerprints.GetValueOrDefault(table.Name) ?? table.Fingerprint;

        // Saying nothing about a table would make every later comparison of it pass.
        return fingerprint is null
            ? throw Errors.GeneralErrors.Bug.Exception($"the rows of {table.Name} were neither read nor declared omitted")
            : table with { Fingerprint = fingerprint };
    }
}
