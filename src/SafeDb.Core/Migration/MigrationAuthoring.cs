using System.Globalization;
using System.Text.RegularExpressions;

using SafeDb.Migration.Formats;

namespace SafeDb.Migration;

/// <summary>Makes the files of a new migration: <c>New-SafeMigration</c>.</summary>
/// <param name="clock">Gives the number of formats that count by date.</param>
public sealed partial class MigrationAuthoring(TimeProvider clock)
{
    /// <summary>The files that a new migration would have, by path below the folder; writes nothing.</summary>
    /// <param name="folder">The folder; may be empty.</param>
    /// <param name="format">The format.</param>
    /// <param name="name">The migration's name.</param>
    public IReadOnlyDictionary<string, string> Plan(MigrationFolder folder, IMigrationFormat format, string name)
    {
        string slug = Unfit().Replace(name.Trim(), "_").Trim('_').ToLowerInvariant();
        if (slug.Length == 0)
        {
            throw MigrationErrors.NameInvalid.Exception(name);
        }

        IReadOnlyList<MigrationScript> scripts = folder.Files.Count == 0 ? [] : format.Read(folder);
        string last = scripts.LastOrDefault(script => script.Kind == MigrationKind.Versioned)?.Id ?? "";
        string date = clock.GetUtcNow().UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        const string Up = "-- What changes.\n";
        const string Down = "-- What takes it back.\n";
        const string Verify = "-- Queries that must return no row after the migration.\n";
        return format.Name switch
        {
            "prisma" => Files(($"{date}_{slug}/migration.sql", Up), ($"{date}_{slug}/down.sql", Down), ($"{date}_{slug}/verify.sql", Verify)),
            "node-pg-migrate" => Files(($"{clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}_{slug}.sql", $"-- Up Migration\n{Up}\n-- Down Migration\n{Down}")),
            "dbmate" => Files(($"{date}_{slug}.sql", $"-- migrate:up\n{Up}\n-- migrate:down\n{Down}")),
            "flyway" => Files(($"V{Next(last.Split('.')[0])}__{slug}.sql", Up), ($"U{Next(last.Split('.')[0])}__{slug}.sql", Down)),
            "golang-migrate" => Files(($"{Next(last).PadLeft(6, '0')}_{slug}.up.sql", Up), ($"{Next(last).PadLeft(6, '0')}_{slug}.down.sql", Down)),
            _ => Plain(last, date, slug, Up, Down, Verify),
        };
    }

    /// <summary>Writes the files. Fails when one exists: nothing is overwritten.</summary>
    public static IReadOnlyList<string> Write(string folder, IReadOnlyDictionary<string, string> files)
    {
        var written = new List<string>();
        foreach ((string file, string text) in files)
        {
            string path = Path.Combine(Path.GetFullPath(folder), file);
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                using var writer = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
                writer.Write(text);
                written.Add(path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw FormatErrors.Unreadable.Caused(failure, path, failure.Message);
            }
        }

        return written;
    }

    private static IReadOnlyDictionary<string, string> Plain(string last, string date, string slug, string up, string down, string verify)
    {
        // A folder that counts by date goes on by date, one that counts goes on counting.
        string id = last.Length >= 8 ? date[..Math.Min(last.Length, date.Length)] : Next(last).PadLeft(Math.Max(3, last.Length), '0');
        return Files(($"{id}_{slug}.up.sql", up), ($"{id}_{slug}.down.sql", down), ($"{id}_{slug}.verify.sql", verify));
    }

    private static string Next(string last) => (last.Length == 0 ? 1 : MigrationOrder.Number(last) + 1).ToString(CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Files(params (string File, string Text)[] files) => files.ToDictionary(file => file.File, file => file.Text, StringComparer.Ordinal);

    [GeneratedRegex("[^A-Za-z0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Unfit();
}
