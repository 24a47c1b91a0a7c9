using SafeDb.Archive;

namespace SafeDb.Restore;

/// <summary>How much of the backed-up database a restored one holds, in the words of <see cref="ArchiveExtent"/>: what the archive leaves out, and what the restore was asked to leave out.</summary>
internal static class RestoreExtent
{
    /// <summary>The result with that said.</summary>
    /// <param name="result">The result.</param>
    /// <param name="manifest">The archive.</param>
    /// <param name="command">What was asked.</param>
    /// <param name="tables">Tables whose rows were restored; null for all.</param>
    public static RestoreResult Describe(RestoreResult result, ArchiveManifest manifest, RestoreCommand command, IReadOnlySet<string>? tables)
    {
        var asked = new BackupScope { SchemaOnly = command.SchemaOnly, IncludeTables = command.Tables };
        string[] omitted = [.. manifest.Tables.Where(table => table.RowsOmitted is null && tables?.Contains(table.Name) == false).Select(table => table.Name)];
        return result with
        {
            Coverage = asked.IsEverything ? ArchiveExtent.Of(manifest) : ArchiveExtent.Filtered,
            Filters = [.. ArchiveExtent.Filters(manifest.Scope).Union(ArchiveExtent.Filters(asked), StringComparer.Ordinal)],
            NotCovered = [.. ArchiveExtent.NotCovered(manifest).Union(ArchiveExtent.WithoutRows(asked, TableSelection.Names(manifest, omitted.ToHashSet(StringComparer.Ordinal)), RowOmission.NotChosen), StringComparer.Ordinal)],
        };
    }
}
