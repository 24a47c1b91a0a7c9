namespace SafeDb.Archive;

/// <summary>
/// How much of its database an archive holds, in words for people. An archive that was taken with filters is never called complete, however much they left in: it is of another kind than a full backup, and
/// nothing that asks for a backup of the database may take it for one.
/// </summary>
public static class ArchiveExtent
{
    /// <summary>Everything in the database.</summary>
    public const string Complete = "Complete";

    /// <summary>Taken without filters, but something could not be covered.</summary>
    public const string Partial = "Partial";

    /// <summary>What filters let through.</summary>
    public const string Filtered = "Filtered";

    // More names than these help nobody; the manifest has them all.
    private const int NamesShown = 20;

    /// <summary><see cref="Complete"/>, <see cref="Partial"/> or <see cref="Filtered"/>.</summary>
    public static string Of(ArchiveManifest manifest) => !manifest.Scope.IsEverything ? Filtered : manifest.Coverage.Complete ? Complete : Partial;

    /// <summary>The filters, one sentence each; none for everything.</summary>
    public static IReadOnlyList<string> Filters(BackupScope scope)
    {
        var words = new List<string>();
        void Add(string what, IReadOnlyList<string> patterns)
        {
            if (patterns.Count > 0)
            {
                words.Add($"{what} {string.Join(", ", patterns)}");
            }
        }

        if (scope.SchemaOnly)
        {
            words.Add("definitions without rows");
        }

        if (scope.DataOnly)
        {
            words.Add("for its rows only");
        }

        Add("only schemas", scope.IncludeSchemas);
        Add("without schemas", scope.ExcludeSchemas);
        Add("only tables", scope.IncludeTables);
        Add("without tables", scope.ExcludeTables);
        return words;
    }

    /// <summary>Why an archive that is not <see cref="Complete"/> must not take the place of its database, by its filters.</summary>
    public static string Shortfall(IReadOnlyList<string> filters) => filters.Count > 0 ? $"it was taken with filters: {string.Join("; ", filters)}" : "its coverage is partial";

    /// <summary>What is missing and why: what could not be covered, and what the filters left out.</summary>
    public static IReadOnlyList<string> NotCovered(ArchiveManifest manifest)
    {
        string[] omitted = [.. manifest.Tables.Where(table => table.RowsOmitted is "excluded" or "schema only").Select(table => table.Name)];
        return [.. manifest.Coverage.NotCovered, .. WithoutRows(manifest.Scope, omitted)];
    }

    /// <summary>Tables whose rows filters leave out, one sentence each.</summary>
    /// <param name="scope">The filters.</param>
    /// <param name="omitted">The tables.</param>
    internal static IEnumerable<string> WithoutRows(BackupScope scope, IReadOnlyList<string> omitted)
    {
        string filters = string.Join("; ", Filters(scope));
        string[] what = scope.SchemaOnly ? ["every table"] : omitted.Count <= NamesShown ? [.. omitted] : [.. omitted.Take(NamesShown), Counted.Of(omitted.Count - NamesShown, "more table")];
        return what.Select(name => $"the rows of {name} ({filters})");
    }
}
