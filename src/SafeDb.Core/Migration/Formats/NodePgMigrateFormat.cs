using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>node-pg-migrate's SQL files: one file per migration with <c>-- Up Migration</c> and <c>-- Down Migration</c>. Its programs and its <c>.down.sql</c> trap are refused.</summary>
public sealed partial class NodePgMigrateFormat : IMigrationFormat
{
    private const string UtcDate = "yyyyMMddHHmmssfff";

    /// <inheritdoc/>
    public string Name => "node-pg-migrate";

    /// <inheritdoc/>
    public FormatMatch Detect(MigrationFolder folder)
    {
        string[] own = [.. folder.Files.Where(file => OwnFile().IsMatch(file))];
        if (own.Any(file => file.EndsWith(".sql", StringComparison.Ordinal) && UpMarker().IsMatch(MigrationFolderReader.Text(folder, file))))
        {
            return new FormatMatch(3, "files with -- Up Migration");
        }

        if (own.Any(file => !file.EndsWith(".sql", StringComparison.Ordinal)))
        {
            return new FormatMatch(2, "numbered JavaScript or TypeScript files");
        }

        return own.Any(file => MillisecondsPrefix().IsMatch(file) && !DownFile().IsMatch(file) && !UpFile().IsMatch(file))
            ? new FormatMatch(1, "SQL files numbered by milliseconds")
            : new FormatMatch(0, "no -- Up Migration marker");
    }

    /// <inheritdoc/>
    public IReadOnlyList<MigrationScript> Read(MigrationFolder folder)
    {
        string[] files = [.. folder.Files.Where(file => !file.Contains('/', StringComparison.Ordinal) && !file.StartsWith('.'))];
        foreach (string file in files)
        {
            Check(file);
        }

        return [.. files.OrderBy(Sequence).ThenBy(Stem, MigrationOrder.Locale).Select(file => ReadFile(folder, file))];
    }

    private static void Check(string file)
    {
        if (DownFile().IsMatch(file))
        {
            throw FormatErrors.DownRunsAsUp.Exception(file);
        }

        if (ProgramFile().IsMatch(file))
        {
            throw FormatErrors.Program.Exception(file);
        }

        if (!OwnFile().IsMatch(file))
        {
            throw FormatErrors.FileNotUnderstood.Exception(file, "node-pg-migrate", "it takes every file of the folder, and this one has no numeric prefix or is no SQL.");
        }
    }

    private static MigrationScript ReadFile(MigrationFolder folder, string file)
    {
        string text = MigrationFolderReader.Text(folder, file);
        ScriptSection? up = ScriptSections.Find(file, text, UpMarker(), DownMarker());
        ScriptSection? down = ScriptSections.Find(file, text, DownMarker(), UpMarker());
        if (up is null && down is not null)
        {
            // Without an up marker node-pg-migrate runs the whole file, its down section included.
            throw FormatErrors.Markers.Exception(file, "it has '-- Down Migration' and no '-- Up Migration', so node-pg-migrate would run its down section too.");
        }

        string sql = up?.Text ?? text;
        return new MigrationScript
        {
            Id = Stem(file), Name = NamePart().Match(Stem(file)) is { Success: true } match ? match.Groups["name"].Value : Stem(file), Path = MigrationFolderReader.FullPath(folder, file),
            UpSql = sql, UpLine = up?.Line ?? 1, DownSql = down?.Text, DownLine = down?.Line ?? 1, Checksum = MigrationChecksums.Content(sql),
            ManualRollback = ScriptDirectives.ManualRollback(text), NoTransaction = ScriptDirectives.NoTransaction(text),
        };
    }

    private static string Stem(string file) => file[..file.LastIndexOf('.')];

    /// <summary>The number that orders a file: its prefix, or, of 17 digits, the date they write, in milliseconds.</summary>
    private static BigInteger Sequence(string file)
    {
        string digits = Prefix().Match(file).Value;
        return digits.Length == UtcDate.Length
            && DateTimeOffset.TryParseExact(digits, UtcDate, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
                ? moment.ToUnixTimeMilliseconds()
                : MigrationOrder.Number(digits);
    }

    [GeneratedRegex(@"^\d+[^/]*\.(?:sql|js|cjs|mjs|ts|cts|mts)$", RegexOptions.CultureInvariant)]
    private static partial Regex OwnFile();

    [GeneratedRegex(@"\.(?:js|cjs|mjs|ts|cts|mts)$", RegexOptions.CultureInvariant)]
    private static partial Regex ProgramFile();

    [GeneratedRegex(@"^(?:\d{13}|\d{17})[^0-9/][^/]*\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex MillisecondsPrefix();

    [GeneratedRegex(@"\.down\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex DownFile();

    [GeneratedRegex(@"\.up\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex UpFile();

    [GeneratedRegex(@"^\d+", RegexOptions.CultureInvariant)]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^\d+[_-]?(?<name>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePart();

    [GeneratedRegex(@"^\s*--[\s-]*up\s+migration", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex UpMarker();

    [GeneratedRegex(@"^\s*--[\s-]*down\s+migration", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DownMarker();
}
