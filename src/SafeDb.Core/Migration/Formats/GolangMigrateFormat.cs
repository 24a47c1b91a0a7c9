using System.Globalization;
using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>golang-migrate: <c>000001_name.up.sql</c> with <c>.down.sql</c>. The files look like the plain layout; the history table tells them apart.</summary>
public sealed partial class GolangMigrateFormat : IMigrationFormat
{
    /// <inheritdoc/>
    public string Name => "golang-migrate";

    /// <inheritdoc/>
    public FormatMatch Detect(MigrationFolder folder) => folder.Files.Any(file => File().IsMatch(file))
        ? new FormatMatch(1, "numbered .up.sql files, which golang-migrate has too")
        : new FormatMatch(0, "no numbered .up.sql files");

    /// <inheritdoc/>
    public IReadOnlyList<MigrationScript> Read(MigrationFolder folder)
    {
        var ups = new SortedDictionary<ulong, (string File, string Name)>();
        var downs = new Dictionary<ulong, string>();
        foreach (string file in folder.Files)
        {
            Match match = File().Match(file);
            if (!match.Success)
            {
                continue;
            }

            if (!ulong.TryParse(match.Groups["version"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong version) || version > long.MaxValue)
            {
                throw FormatErrors.FileNotUnderstood.Exception(file, Name, "its number does not fit the history's column.");
            }

            bool isUp = match.Groups["direction"].Value == "up";
            string? other = isUp ? ups.GetValueOrDefault(version).File : downs.GetValueOrDefault(version);
            if (other is not null)
            {
                throw FormatErrors.Duplicate.Exception(other, file, version);
            }

            if (isUp)
            {
                ups[version] = (file, match.Groups["name"].Value);
            }
            else
            {
                downs[version] = file;
            }
        }

        foreach ((ulong version, string file) in downs)
        {
            if (!ups.ContainsKey(version))
            {
                throw FormatErrors.UpMissing.Exception(file);
            }
        }

        return [.. ups.Select(up => ReadFile(folder, up.Key, up.Value.File, up.Value.Name, downs.GetValueOrDefault(up.Key)))];
    }

    private static MigrationScript ReadFile(MigrationFolder folder, ulong version, string file, string name, string? down)
    {
        string up = MigrationFolderReader.Text(folder, file);
        return new MigrationScript
        {
            Id = version.ToString(CultureInfo.InvariantCulture), Name = name, Path = MigrationFolderReader.FullPath(folder, file), UpSql = up, Checksum = MigrationChecksums.Content(up),
            DownSql = down is null ? null : MigrationFolderReader.Text(folder, down), DownPath = down is null ? null : MigrationFolderReader.FullPath(folder, down),
            ManualRollback = ScriptDirectives.ManualRollback(up), NoTransaction = ScriptDirectives.NoTransaction(up),
        };
    }

    [GeneratedRegex(@"^(?<version>[0-9]+)_(?<name>[^/]*)\.(?<direction>up|down)\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex File();
}
