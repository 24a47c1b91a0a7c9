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

    /// <summary>Taken without filters, as the clear header says; whether it is complete, only the manifest tells.</summary>
    public const string Unfiltered = "Unfiltered";

    /// <summary>Nothing is known of it without the manifest.</summary>
    public const string Unknown = "Unknown";

    // More names than these help nobody; the manifest has them all.
    private const int NamesShown = 20;

    /// <summary><see cref="Complete"/>, <see cref="Partial"/> or <see cref="Filtered"/>.</summary>
    public static string Of(ArchiveManifest manifest) => !manifest.Scope.IsEverything ? Filtered : manifest.Coverage.Complete ? Complete : Partial;

    /// <summary>What the clear header tells, which nothing authenticates: <see cref="Filtered"/>, <see cref="Unfiltered"/> or <see cref="Unknown"/>.</summary>
    public static string Of(ArchiveHeader header) => header.Filtered switch { true => Filtered, false => Unfiltered, null => Unknown };

    /// <summary>Whether an extent says how much is there, as only a manifest does.</summary>
    public static bool IsKnown(string? coverage) => coverage is Complete or Partial or Filtered;

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

    /// <summary>What sets a listed archive apart from full backups, for people and for retention; null for a full one.</summary>
    public static string? Apart(BackupInfo backup) => backup.Coverage switch
    {
        Filtered => $"filtered: {string.Join("; ", backup.Filters)}",
        Partial => "partial",
        _ => null,
    };

    /// <summary>What is missing and why: what could not be covered, and what the filters left out, each with its own reason.</summary>
    public static IReadOnlyList<string> NotCovered(ArchiveManifest manifest)
    {
        var omission = new RowOmission(manifest);
        return
        [
            .. manifest.Coverage.NotCovered,
            .. WithoutRows(manifest.Scope, [.. manifest.Tables.Where(table => table.RowsOmitted == "excluded").Select(table => table.Name)], omission.Of),
            .. manifest.Scope.DataOnly ? ["the use as a whole backup (for its rows only): the definitions are in it too, but it never replaces a whole database"] : Array.Empty<string>(),
        ];
    }

    /// <summary>Tables whose rows are left out, one sentence each.</summary>
    /// <param name="scope">What was asked for.</param>
    /// <param name="omitted">The tables.</param>
    /// <param name="sentence">What is missing of one and why.</param>
    internal static IEnumerable<string> WithoutRows(BackupScope scope, IReadOnlyList<string> omitted, Func<string, string> sentence)
    {
        if (scope.SchemaOnly)
        {
            return ["the rows of every table (definitions without rows)"];
        }

        int rest = omitted.Count - NamesShown;
        return [.. omitted.Take(NamesShown).Select(sentence), .. rest > 0 ? [$"the rows of {Counted.Of(rest, "more table")} (left out by the filters)"] : Array.Empty<string>()];
    }
}
