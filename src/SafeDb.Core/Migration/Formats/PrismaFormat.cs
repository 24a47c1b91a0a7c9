using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>
/// Prisma Migrate up to 7: <c>20240101120000_name/migration.sql</c> with <c>migration_lock.toml</c>. SafeDb also reads <c>down.sql</c> and <c>verify.sql</c> beside the migration,
/// which Prisma ignores. Contract migrations of Prisma 8 are no SQL and are refused.
/// </summary>
public sealed partial class PrismaFormat : IMigrationFormat
{
    /// <inheritdoc/>
    public string Name => "prisma";

    /// <inheritdoc/>
    public FormatMatch Detect(MigrationFolder folder)
    {
        if (folder.Files.Contains("migration_lock.toml", StringComparer.Ordinal))
        {
            return new FormatMatch(3, "migration_lock.toml");
        }

        if (ContractDirectory(folder) is string contract)
        {
            return new FormatMatch(3, $"{contract} holds a Prisma contract migration");
        }

        return folder.Files.Any(file => MigrationFile().IsMatch(file))
            ? new FormatMatch(2, "directories with migration.sql")
            : new FormatMatch(0, "no directory with migration.sql");
    }

    /// <inheritdoc/>
    public IReadOnlyList<MigrationScript> Read(MigrationFolder folder)
    {
        if (ContractDirectory(folder) is string contract)
        {
            throw FormatErrors.PrismaContract.Exception(contract);
        }

        // Prisma takes every directory, and only directories; it sorts them as JavaScript's localeCompare does, which is not the order of bytes.
        return [.. folder.Directories.Order(MigrationOrder.Locale).Select(directory => ReadDirectory(folder, directory))];
    }

    /// <summary>The provider that <c>migration_lock.toml</c> names, or null when there is none.</summary>
    public static string? LockedProvider(MigrationFolder folder) =>
        MigrationFolderReader.TextOrNull(folder, "migration_lock.toml") is string text && ProviderLine().Match(text) is { Success: true } match ? match.Groups["name"].Value : null;

    private static MigrationScript ReadDirectory(MigrationFolder folder, string directory)
    {
        string file = $"{directory}/migration.sql";
        if (!folder.Files.Contains(file, StringComparer.Ordinal))
        {
            throw FormatErrors.FileMissing.Exception(directory);
        }

        string raw = MigrationFolderReader.RawText(folder, file);
        string up = MigrationFolderReader.Text(folder, file);
        string? down = MigrationFolderReader.TextOrNull(folder, $"{directory}/down.sql");
        string? verify = MigrationFolderReader.TextOrNull(folder, $"{directory}/verify.sql");
        return new MigrationScript
        {
            Id = directory, Name = NamePart().Match(directory) is { Success: true } match ? match.Groups["name"].Value : directory,
            Path = MigrationFolderReader.FullPath(folder, file), UpSql = up, Checksum = MigrationChecksums.Sha256(raw), EquivalentChecksums = MigrationChecksums.PrismaEquivalents(raw),
            DownSql = down, DownPath = down is null ? null : MigrationFolderReader.FullPath(folder, $"{directory}/down.sql"),
            VerifySql = verify, VerifyPath = verify is null ? null : MigrationFolderReader.FullPath(folder, $"{directory}/verify.sql"),
            ManualRollback = ScriptDirectives.ManualRollback(up), NoTransaction = ScriptDirectives.NoTransaction(up),
        };
    }

    private static string? ContractDirectory(MigrationFolder folder) =>
        folder.Files.Where(file => file.EndsWith("/ops.json", StringComparison.Ordinal))
            .Select(file => file[..^"/ops.json".Length])
            .FirstOrDefault(directory => folder.Files.Contains($"{directory}/migration.json", StringComparer.Ordinal));

    [GeneratedRegex(@"^[^/]+/migration\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex MigrationFile();

    [GeneratedRegex(@"^\d{14}_(?<name>.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePart();

    [GeneratedRegex("^provider[ \\t]*=[ \\t]*\"(?<name>[^\"]+)\"", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ProviderLine();
}
