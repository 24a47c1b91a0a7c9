using System.Numerics;
using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>
/// SafeDb's own layouts: <c>001_name.up.sql</c> with <c>.down.sql</c> and <c>.verify.sql</c>; <c>001_name/up.sql</c> with <c>down.sql</c> and <c>verify.sql</c>;
/// or one file <c>001_name.sql</c> whose sections begin with <c>-- safedb:up</c>, <c>-- safedb:down</c> and <c>-- safedb:verify</c> (also <c>-- up</c> and so on, alone on a line).
/// </summary>
public sealed partial class PlainFormat : IMigrationFormat
{
    private static readonly string[] BesideMigrations = ["schema.sql", "structure.sql", "invariants.sql"];

    /// <inheritdoc/>
    public string Name => "plain";

    /// <inheritdoc/>
    public FormatMatch Detect(MigrationFolder folder)
    {
        if (folder.Files.Any(file => DirectoryFile().Match(file).Groups["part"].Value.Equals("up", StringComparison.OrdinalIgnoreCase)))
        {
            return new FormatMatch(3, "directories with up.sql");
        }

        if (folder.Files.Any(file => PairFile().IsMatch(file)))
        {
            return new FormatMatch(2, "numbered .up.sql files");
        }

        string[] single = [.. folder.Files.Where(file => SingleFile().IsMatch(file))];
        if (single.Length == 0)
        {
            return new FormatMatch(0, "no numbered SQL files");
        }

        return single.Any(file => UpMarker().IsMatch(MigrationFolderReader.Text(folder, file)))
            ? new FormatMatch(3, "numbered files with up markers")
            : new FormatMatch(1, "numbered SQL files");
    }

    /// <inheritdoc/>
    public IReadOnlyList<MigrationScript> Read(MigrationFolder folder) =>
        [.. Drafts(folder).Select(draft => draft.Single is null ? FromFiles(folder, draft) : FromSections(folder, draft, draft.Single))];

    /// <summary>Number and file of the last migration, whether or not anything is written in it yet; null in a folder without.</summary>
    internal static (string Id, string File)? Last(MigrationFolder folder) => Drafts(folder) is [.., var last] ? (last.Id, last.AnyFile) : null;

    private static PlainDraft[] Drafts(MigrationFolder folder)
    {
        var drafts = new Dictionary<string, PlainDraft>(StringComparer.Ordinal);
        foreach (string file in folder.Files.Where(file => file.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) && !BesideMigrations.Contains(file, StringComparer.Ordinal)))
        {
            Match match = Match(file) ?? throw FormatErrors.FileNotUnderstood.Exception(file, "plain", "its name does not begin with a number and an underscore.");
            string stem = $"{match.Groups["id"].Value}_{match.Groups["name"].Value}";
            drafts[stem] = drafts.GetValueOrDefault(stem, new PlainDraft(match.Groups["id"].Value, match.Groups["name"].Value)).With(match.Groups["part"].Value, file);
        }

        PlainDraft[] ordered = [.. drafts.Values.OrderBy(draft => draft.Number).ThenBy(draft => draft.Name, StringComparer.Ordinal)];
        MigrationOrder.RefuseDuplicates(ordered, draft => draft.Number, draft => draft.AnyFile);
        MigrationOrder.RefuseGaps(ordered, draft => draft.Number, draft => draft.AnyFile);
        return ordered;
    }

    private static Match? Match(string file) =>
        new[] { DirectoryFile(), PairFile(), SingleFile() }.Select(pattern => pattern.Match(file)).FirstOrDefault(match => match.Success);

    private static MigrationScript FromFiles(MigrationFolder folder, PlainDraft draft)
    {
        string file = draft.Up ?? throw FormatErrors.UpMissing.Exception(draft.AnyFile);
        string up = MigrationFolderReader.Text(folder, file);
        return Script(folder, draft, file, up) with
        {
            DownSql = draft.Down is null ? null : MigrationFolderReader.Text(folder, draft.Down),
            DownPath = draft.Down is null ? null : MigrationFolderReader.FullPath(folder, draft.Down),
            VerifySql = draft.Verify is null ? null : MigrationFolderReader.Text(folder, draft.Verify),
            VerifyPath = draft.Verify is null ? null : MigrationFolderReader.FullPath(folder, draft.Verify),
        };
    }

    private static MigrationScript FromSections(MigrationFolder folder, PlainDraft draft, string file)
    {
        if (draft.Up is not null || draft.Down is not null)
        {
            throw FormatErrors.Duplicate.Exception(file, draft.Up ?? draft.Down, draft.Id);
        }

        string text = MigrationFolderReader.Text(folder, file);
        ScriptSection? up = ScriptSections.Find(file, text, UpMarker(), DownMarker(), VerifyMarker());
        ScriptSection? down = ScriptSections.Find(file, text, DownMarker(), UpMarker(), VerifyMarker());
        ScriptSection? verify = ScriptSections.Find(file, text, VerifyMarker(), UpMarker(), DownMarker());
        if (up is null && (down ?? verify) is not null)
        {
            throw FormatErrors.Markers.Exception(file, "it has a down or verify marker and no up marker.");
        }

        return Script(folder, draft, file, up?.Text ?? text) with
        {
            UpLine = up?.Line ?? 1, DownSql = down?.Text, DownLine = down?.Line ?? 1, VerifySql = verify?.Text ?? VerifyOf(folder, draft),
            ManualRollback = ScriptDirectives.ManualRollback(text),
        };
    }

    private static string? VerifyOf(MigrationFolder folder, PlainDraft draft) => draft.Verify is null ? null : MigrationFolderReader.Text(folder, draft.Verify);

    private static MigrationScript Script(MigrationFolder folder, PlainDraft draft, string file, string up)
    {
        if (!ScriptSections.HasStatement(up))
        {
            throw FormatErrors.Empty.Exception(file);
        }

        return new MigrationScript
        {
            Id = draft.Id, Name = draft.Name, Path = MigrationFolderReader.FullPath(folder, file), UpSql = up, Checksum = MigrationChecksums.Content(up),
            ManualRollback = ScriptDirectives.ManualRollback(up), NoTransaction = ScriptDirectives.NoTransaction(up),
        };
    }

    [GeneratedRegex(@"^(?<id>\d+)[_-](?<name>[^/]+)/(?<part>up|down|verify)\.sql$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DirectoryFile();

    [GeneratedRegex(@"^(?<id>\d+)[_-](?<name>[^/]+)\.(?<part>up|down|verify)\.sql$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PairFile();

    [GeneratedRegex(@"^(?<id>\d+)[_-](?<name>[^/]+)\.sql$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SingleFile();

    [GeneratedRegex(@"^[ \t]*--[ \t]*(?:safedb:)?up[ \t]*(?=\r?$)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex UpMarker();

    [GeneratedRegex(@"^[ \t]*--[ \t]*(?:safedb:)?down[ \t]*(?=\r?$)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DownMarker();

    [GeneratedRegex(@"^[ \t]*--[ \t]*(?:safedb:)?verify[ \t]*(?=\r?$)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex VerifyMarker();

    /// <summary>The files of one migration as they are found.</summary>
    private sealed record PlainDraft(string Id, string Name)
    {
        public BigInteger Number => MigrationOrder.Number(Id);

        public string? Up { get; private init; }

        public string? Down { get; private init; }

        public string? Verify { get; private init; }

        public string? Single { get; private init; }

        public string AnyFile => Single ?? Up ?? Down ?? Verify ?? Id;

        public PlainDraft With(string part, string file)
        {
            (string? taken, PlainDraft next) = part.ToLowerInvariant() switch
            {
                "up" => (Up, this with { Up = file }),
                "down" => (Down, this with { Down = file }),
                "verify" => (Verify, this with { Verify = file }),
                _ => (Single, this with { Single = file }),
            };
            return taken is null ? next : throw FormatErrors.Duplicate.Exception(taken, file, Id);
        }
    }
}
