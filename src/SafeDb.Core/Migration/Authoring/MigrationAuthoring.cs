using System.Globalization;
using System.Text.RegularExpressions;

using SafeDb.Migration.Formats;

namespace SafeDb.Migration.Authoring;

/// <summary>Makes the files of a new migration, in the format and with the next number of their folder: <c>New-SafeMigration</c>.</summary>
/// <param name="clock">Gives the number of folders that count by date.</param>
public sealed partial class MigrationAuthoring(TimeProvider clock)
{
    /// <summary>The migration that would be made; writes nothing.</summary>
    /// <param name="path">The folder; may be empty or missing.</param>
    /// <param name="format">Its format, or null to detect it; an empty folder becomes a plain one.</param>
    /// <param name="name">The migration's name.</param>
    /// <param name="texts">What stands in the files.</param>
    public MigrationDraft Plan(string path, string? format, string name, MigrationTexts texts)
    {
        string slug = MigrationNames.Slug(name);
        MigrationFolder folder = Directory.Exists(path) ? MigrationFolderReader.Read(path) : new MigrationFolder(Path.GetFullPath(path), []);
        bool isEmpty = !folder.Files.Any(file => file.EndsWith(".sql", StringComparison.OrdinalIgnoreCase));
        IMigrationFormat chosen = isEmpty && format is null && !folder.Files.Contains("migration_lock.toml", StringComparer.Ordinal)
            ? FormatCatalog.Named("plain")
            : FormatCatalog.Choose(folder, format, []);
        (string id, (string File, string Text)[] files) = Files(folder, chosen, slug, texts);
        return new MigrationDraft(
            new NewMigration(id, slug, chosen.Name) { Path = folder.Path, Files = [.. files.Select(file => MigrationFolderReader.FullPath(folder, file.File))], LeftOut = texts.LeftOut },
            [.. files.Select(file => file.Text)]);
    }

    /// <summary>Writes the files: all of them or none, and none over one that is there.</summary>
    public static NewMigration Write(MigrationDraft draft)
    {
        var written = new List<string>();
        try
        {
            foreach ((string path, string text) in draft.Migration.Files.Zip(draft.Texts))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
                written.Add(path);
                using var writer = new StreamWriter(stream);
                writer.Write(text);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            string wanted = draft.Migration.Files[Math.Min(written.Count, draft.Migration.Files.Count - 1)];
            written.ForEach(File.Delete);
            throw MigrationErrors.NotWritten.Caused(failure, wanted, failure.Message);
        }

        return draft.Migration;
    }

    private (string Id, (string File, string Text)[] Files) Files(MigrationFolder folder, IMigrationFormat format, string slug, MigrationTexts texts)
    {
        var numbers = new MigrationNumbers(clock.GetUtcNow());
        if (format is PlainFormat)
        {
            return Plain(folder, numbers, slug, texts);
        }

        string last = folder.Files.Count == 0 ? string.Empty : LastNumber(format.Read(folder));
        string number;
        switch (format.Name)
        {
            case "prisma":
                // Prisma's own names are dates of 14 digits, also after a 0_init.
                string directory = $"{numbers.After(last.Length == 14 ? last : string.Empty, numbers.Date(14))}_{slug}";
                return (directory, [($"{directory}/migration.sql", texts.Up), ($"{directory}/down.sql", texts.Down), ($"{directory}/verify.sql", texts.Verify)]);
            case "node-pg-migrate":
                string stem = $"{numbers.After(last, numbers.Milliseconds)}_{slug}";
                return (stem, [($"{stem}.sql", Sections("-- Up Migration", texts.Up, "-- Down Migration", texts.Down))]);
            case "dbmate":
                number = numbers.After(last, numbers.Date(14));
                return (number, [($"{number}_{slug}.sql", Sections("-- migrate:up", texts.Up, "-- migrate:down", texts.Down))]);
            case "flyway":
                number = numbers.After(last, "1");
                return (number, [($"V{number}__{slug}.sql", texts.Up), ($"U{number}__{slug}.sql", texts.Down)]);
            default:
                number = numbers.After(last, "000001");
                return (MigrationOrder.Number(number).ToString(CultureInfo.InvariantCulture), [($"{number}_{slug}.up.sql", texts.Up), ($"{number}_{slug}.down.sql", texts.Down)]);
        }
    }

    /// <summary>The layout of the folder's last migration: a directory, one file with sections, or files beside each other.</summary>
    private static (string Id, (string File, string Text)[] Files) Plain(MigrationFolder folder, MigrationNumbers numbers, string slug, MigrationTexts texts)
    {
        (string Id, string File)? last = PlainFormat.Last(folder);
        string id = numbers.After(last?.Id ?? string.Empty, "001");
        string stem = $"{id}_{slug}";
        return (id, last switch
        {
            { } one when one.File.Contains('/', StringComparison.Ordinal) => [($"{stem}/up.sql", texts.Up), ($"{stem}/down.sql", texts.Down), ($"{stem}/verify.sql", texts.Verify)],
            { } one when !PartOfSeveral().IsMatch(one.File) => [($"{stem}.sql", $"{Sections("-- safedb:up", texts.Up, "-- safedb:down", texts.Down)}\n-- safedb:verify\n{texts.Verify}")],
            _ => [($"{stem}.up.sql", texts.Up), ($"{stem}.down.sql", texts.Down), ($"{stem}.verify.sql", texts.Verify)],
        });
    }

    private static string Sections(string upMarker, string up, string downMarker, string down) => $"{upMarker}\n{up}\n{downMarker}\n{down}";

    /// <summary>The digits as the last file writes them: histories drop leading zeros.</summary>
    private static string LastNumber(IReadOnlyList<MigrationScript> scripts) => scripts.LastOrDefault(script => script.Kind == MigrationKind.Versioned) is not { } last
        ? string.Empty
        : LeadingDigits().Match(Path.GetFileName(last.Path)) is { Success: true } match ? match.Value : LeadingDigits().Match(last.Id).Value;

    [GeneratedRegex("^[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingDigits();

    [GeneratedRegex(@"\.(?:up|down|verify)\.sql$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PartOfSeveral();
}
