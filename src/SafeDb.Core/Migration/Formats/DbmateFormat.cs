using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>dbmate: one file per migration with <c>-- migrate:up</c> (perhaps <c>transaction:false</c>) and <c>-- migrate:down</c>; its leading digits are the version.</summary>
public sealed partial class DbmateFormat : IMigrationFormat
{
    /// <inheritdoc/>
    public string Name => "dbmate";

    /// <inheritdoc/>
    public FormatMatch Detect(MigrationFolder folder) =>
        folder.Files.Any(file => File().IsMatch(file) && UpMarker().IsMatch(MigrationFolderReader.Text(folder, file)))
            ? new FormatMatch(3, "files with -- migrate:up")
            : new FormatMatch(0, "no -- migrate:up marker");

    /// <inheritdoc/>
    public IReadOnlyList<MigrationScript> Read(MigrationFolder folder)
    {
        string[] files = [.. folder.Files.Where(file => File().IsMatch(file)).Order(StringComparer.Ordinal)];
        MigrationOrder.RefuseDuplicates(files, Version, file => file);
        return [.. files.Select(file => ReadFile(folder, file))];
    }

    private static string Version(string file) => File().Match(file).Groups["version"].Value;

    private static MigrationScript ReadFile(MigrationFolder folder, string file)
    {
        string text = MigrationFolderReader.Text(folder, file);
        ScriptSection up = ScriptSections.Find(file, text, UpMarker(), DownMarker())
            ?? throw FormatErrors.Markers.Exception(file, "it has no '-- migrate:up'.");
        ScriptSection? down = ScriptSections.Find(file, text, DownMarker(), UpMarker());
        if (down is not null && down.Line < up.Line)
        {
            throw FormatErrors.Markers.Exception(file, "'-- migrate:down' stands before '-- migrate:up'.");
        }

        return new MigrationScript
        {
            Id = Version(file), Name = File().Match(file).Groups["name"].Value.TrimStart('_'), Path = MigrationFolderReader.FullPath(folder, file), UpSql = up.Text, UpLine = up.Line,
            Checksum = MigrationChecksums.Content(up.Text), DownSql = down?.Text, DownLine = down?.Line ?? 1,
            NoTransaction = NoTransactionOption().IsMatch(up.Marker) || ScriptDirectives.NoTransaction(up.Text), ManualRollback = ScriptDirectives.ManualRollback(text),
        };
    }

    [GeneratedRegex(@"^(?<version>\d+)(?<name>[^/]*)\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex File();

    [GeneratedRegex(@"^--[ \t]*migrate:up(?:[ \t][^\r\n]*|(?=\r?$))", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex UpMarker();

    [GeneratedRegex(@"^--[ \t]*migrate:down(?:[ \t][^\r\n]*|(?=\r?$))", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DownMarker();

    [GeneratedRegex(@"\btransaction:[ \t]*false\b", RegexOptions.CultureInvariant)]
    private static partial Regex NoTransactionOption();
}
