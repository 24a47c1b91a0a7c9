using SafeDb.Archive.Zip;
using SafeDb.Fingerprints;
using SafeDb.Schema;

namespace SafeDb.Archive.Reading;

/// <summary>
/// Checks a manifest against the archive that it came with. In an unencrypted archive anybody may have written it, so that a missing list or a foreign name is an error here and never a surprise later.
/// </summary>
internal static class ManifestValidation
{
    internal static void Require(ArchiveManifest manifest, ArchiveHeader header, ZipDirectory directory, IReadOnlyDictionary<string, string> sha256)
    {
        RequireShape(manifest);
        if (manifest.FormatVersion != header.FormatVersion || manifest.ArchiveId != header.ArchiveId || manifest.Source.Engine != header.Engine)
            throw Invalid("it belongs to another archive");
        int parts = directory.Entries.Count(entry => entry.Name.StartsWith(ArchiveFormat.PartPrefix, StringComparison.Ordinal));
        if (manifest.Parts.Count != parts) throw Invalid("it lists another number of parts");
        var tables = new HashSet<string>(StringComparer.Ordinal);
        foreach (ManifestTable table in manifest.Tables)
        {
            RequireTable(table);
            if (!tables.Add(table.Name)) throw Invalid("a table is listed twice");
        }

        for (int i = 0; i < parts; i++) RequirePart(manifest.Parts[i], i + 1, header, directory, sha256, tables);
    }

    private static void RequireShape(ArchiveManifest manifest)
    {
        bool whole = manifest.Source is { Database: not null, Address: not null, EngineVersionText: not null } && manifest is { ToolVersion: not null, SchemaFingerprint: not null }
            && IsWhole(manifest.Scope) && manifest.Coverage is not null && NoNulls(manifest.Coverage.NotCovered)
            && NoNulls(manifest.State?.Values) && NoNulls(manifest.Properties?.Values)
            && All(manifest.SchemaObjects, IsWhole) && All(manifest.Tables, table => table is not null) && All(manifest.Parts, part => part is not null);
        if (!whole) throw Invalid("something that must be there is missing");
    }

    private static bool IsWhole(BackupScope? scope) =>
        scope is not null && NoNulls(scope.IncludeSchemas) && NoNulls(scope.ExcludeSchemas) && NoNulls(scope.IncludeTables) && NoNulls(scope.ExcludeTables);

    private static bool IsWhole(SchemaObject? item) =>
        item is { Kind: not null, Identity: not null, Definition: not null } && NoNulls(item.DependsOn) && All(item.Columns, column => column is { Name: not null, Type: not null });

    private static void RequireTable(ManifestTable table)
    {
        bool whole = table.Name is not null && NoNulls(table.Columns) && NoNulls(table.KeyColumns) && NoNulls(table.Properties?.Values);
        if (!whole) throw Invalid("a table is incomplete");
        if (table.Fingerprint is not { } digest) return;
        if (digest.Rows < 0 || digest.Bytes < 0 || digest.Value is null || digest.Algorithm is null) throw Invalid($"the fingerprint of {table.Name} is malformed");
        _ = RowDigest.Create(digest.Algorithm); // refuses an algorithm that this version lacks
    }

    private static void RequirePart(
        ManifestPart part, int number, ArchiveHeader header, ZipDirectory directory, IReadOnlyDictionary<string, string> sha256, HashSet<string> tables)
    {
        string name = ArchiveFormat.PartName(number);
        if (part.Number != number) throw Invalid("parts are not in the order of their numbers");
        if (part.StoredBytes != directory.ByName[name].Size || part.Sha256 != sha256[name]) throw Invalid($"it describes another '{name}'");
        if (part.PlainBytes < 0 || part.Rows < 0 || part.Offset < 0) throw Invalid($"the figures of '{name}' are negative");
        if (part.Codec != header.Compression) throw Invalid($"the compression of '{name}' is not the archive's");
        if (part.Target is null || (part.Kind == PartKind.Rows && !tables.Contains(part.Target))) throw Invalid($"'{name}' belongs to no table");
    }

    private static bool NoNulls(IEnumerable<string?>? texts) => All(texts, text => text is not null);

    private static bool All<T>(IEnumerable<T>? items, Func<T, bool> holds) => items is not null && items.All(holds);

    private static Errors.SafeDbException Invalid(string what) => ArchiveErrors.Damaged.Exception(ArchiveFormat.ManifestEntry, what);
}
