namespace SafeDb.Migration.Formats;

/// <summary>The formats that SafeDb reads, and the choice between them.</summary>
public static class FormatCatalog
{
    /// <summary>Every format.</summary>
    public static IReadOnlyList<IMigrationFormat> All { get; } =
        [new PlainFormat(), new PrismaFormat(), new NodePgMigrateFormat(), new FlywayFormat(), new GolangMigrateFormat(), new DbmateFormat()];

    /// <summary>The format of a name.</summary>
    public static IMigrationFormat Named(string name) =>
        All.FirstOrDefault(format => format.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw UnknownName(name);

    /// <summary>
    /// The format of a folder: the one that was asked for, else the one whose own history the database has, else the one that is surest.
    /// Refuses when two are equally sure, and when the database's history belongs to a tool that reads the folder otherwise.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What the caller asked for, or null.</param>
    /// <param name="histories">Formats whose history table is in the database.</param>
    public static IMigrationFormat Choose(MigrationFolder folder, string? name, IReadOnlyCollection<string> histories)
    {
        if (name is not null)
        {
            IMigrationFormat wanted = Named(name);
            FormatMatch match = wanted.Detect(folder);
            return match.Certainty > 0 || folder.Files.Count == 0 ? wanted : throw FormatErrors.FormatMismatch.Exception(folder.Path, wanted.Name, match.Reason);
        }

        (IMigrationFormat Format, FormatMatch Match)[] candidates = [.. All.Select(format => (format, format.Detect(folder))).Where(pair => pair.Item2.Certainty > 0)];
        if (candidates.Length == 0)
        {
            throw FormatErrors.FormatNotRecognised.Exception(folder.Path);
        }

        (IMigrationFormat Format, FormatMatch Match)[] known = [.. candidates.Where(pair => histories.Contains(pair.Format.Name, StringComparer.Ordinal))];
        (IMigrationFormat Format, FormatMatch Match)[] from = known.Length > 0 ? known : candidates;
        int best = from.Max(pair => pair.Match.Certainty);
        (IMigrationFormat Format, FormatMatch Match)[] top = [.. from.Where(pair => pair.Match.Certainty == best)];

        // A history of a less fitting format beside files that are certainly another's: two tools may have worked here.
        bool contradicted = known.Length > 0 && candidates.Any(pair => pair.Match.Certainty == 3 && best < 3);
        return top.Length == 1 && !contradicted ? top[0].Format : throw Ambiguous(folder, contradicted ? candidates : top);
    }

    private static Errors.SafeDbException Ambiguous(MigrationFolder folder, (IMigrationFormat Format, FormatMatch Match)[] candidates) =>
        FormatErrors.FormatAmbiguous.Exception(folder.Path, string.Join("; ", candidates.Select(pair => $"{pair.Format.Name} ({pair.Match.Reason})")));

    private static Errors.SafeDbException UnknownName(string name)
    {
        string names = string.Join(", ", All.Select(format => format.Name));
        return new(FormatErrors.FormatUnknown.Error(name) with { RecommendedAction = $"Use one of: {names}." });
    }
}
