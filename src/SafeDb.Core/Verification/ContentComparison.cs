using SafeDb.Archive;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.Verification;

/// <summary>Compares what an archive says with what a restored copy holds.</summary>
/// <param name="Tables">Every table whose rows were compared.</param>
/// <param name="Schema">Schema objects that differ.</param>
/// <param name="State">State that differs, one sentence each.</param>
/// <param name="Integrity">What the engine's integrity check found.</param>
internal sealed record ContentComparison(
    IReadOnlyList<TableVerification> Tables, IReadOnlyList<SchemaObjectDifference> Schema, IReadOnlyList<string> State, IReadOnlyList<string> Integrity)
{
    /// <summary>See <see cref="RestoredContent.LeftOut"/>.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Objects that were compared.</summary>
    public int Objects { get; init; }

    /// <summary>See <see cref="RestoredContent.NotCompared"/>.</summary>
    public IReadOnlyList<string> NotCompared { get; init; } = [];

    /// <summary>The tables without the one that stands for large objects.</summary>
    public IEnumerable<TableVerification> UserTables => Tables.Where(table => LargeObjects.IsTable(table.Table));

    /// <summary>Whether large objects were compared.</summary>
    public bool HasLargeObjects => Tables.Any(table => !LargeObjects.IsTable(table.Table));

    public bool Equal => Schema.Count == 0 && State.Count == 0 && Integrity.Count == 0 && Tables.All(table => table.Equal);

    public static ContentComparison Compare(ArchiveManifest manifest, RestoredContent content, IReadOnlySet<string>? tables, bool rows, IReadOnlyDictionary<string, TimeSpan> loadTimes)
    {
        var compared = new List<TableVerification>();
        foreach (ManifestTable table in manifest.Tables.Where(table => rows && table.Fingerprint is not null && (tables is null || tables.Contains(table.Name))))
        {
            // A table that is missing in the copy counts as one without rows that is never equal.
            Fingerprints.RowFingerprint? restored = content.Fingerprints.GetValueOrDefault(table.Name);
            compared.Add(new TableVerification(table.Name, table.Fingerprint!.Rows, restored?.Rows ?? 0, table.Fingerprint == restored)
            {
                Bytes = table.Fingerprint.Bytes,
                LoadTime = loadTimes.GetValueOrDefault(table.Name),
            });
        }

        return new ContentComparison(
            compared,
            SchemaComparer.Compare(manifest.ToSchema(), content.Schema),
            rows ? CompareState(manifest, content) : [],
            content.IntegrityProblems)
        {
            LeftOut = content.LeftOut, Objects = manifest.SchemaObjects.Count - content.ObjectsNotCompared, NotCompared = content.NotCompared,
        };
    }

    private static List<string> CompareState(ArchiveManifest manifest, RestoredContent content)
    {
        var differences = new List<string>();
        foreach ((string name, string expected) in manifest.State.Where(item => !content.StateLeftOut.Contains(item.Key)).OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            string? actual = content.State.GetValueOrDefault(name);
            if (actual != expected)
            {
                differences.Add($"{name} is {actual ?? "missing"} in the copy, {expected} in the backup");
            }
        }

        differences.AddRange(content.State.Keys.Where(name => !manifest.State.ContainsKey(name)).Order(StringComparer.Ordinal).Select(name => $"{name} exists only in the copy"));
        return differences;
    }
}
