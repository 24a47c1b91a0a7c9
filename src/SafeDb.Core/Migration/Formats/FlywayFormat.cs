using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>
/// Flyway's SQL files under its default names: <c>V1_2__name.sql</c>, its undo <c>U1_2__name.sql</c>, repeatable <c>R__name.sql</c>, baseline <c>B5__name.sql</c>.
/// Placeholders and Java migrations are refused, because what they would run is not in the file.
/// </summary>
public sealed partial class FlywayFormat : IMigrationFormat
{
    /// <inheritdoc/>
    public string Name => "flyway";

    /// <inheritdoc/>
    public FormatMatch Detect(MigrationFolder folder) => folder.Files.Any(file => File().IsMatch(FileName(file)))
        ? new FormatMatch(3, "files named like V1__name.sql")
        : new FormatMatch(0, "no file named like V1__name.sql");

    /// <inheritdoc/>
    public IReadOnlyList<MigrationScript> Read(MigrationFolder folder)
    {
        if (folder.Files.FirstOrDefault(file => Program().IsMatch(FileName(file))) is string program)
        {
            throw FormatErrors.Program.Exception(program);
        }

        FlywayFile[] files = [.. folder.Files.Where(file => file.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)).Select(Parse)];
        FlywayFile[] versioned = Ordered(files, 'V');
        FlywayFile[] undo = Ordered(files, 'U');
        FlywayFile[] baselines = Ordered(files, 'B');
        if (undo.FirstOrDefault(file => !versioned.Any(other => other.Version == file.Version)) is { } orphan)
        {
            throw FormatErrors.UpMissing.Exception(orphan.Path);
        }

        FlywayFile[] repeatable = [.. files.Where(file => file.Prefix == 'R').OrderBy(file => file.Description, StringComparer.Ordinal)];
        MigrationOrder.RefuseDuplicates(repeatable, file => file.Description, file => file.Path);
        return [.. baselines.Concat(versioned).Concat(repeatable).Select(file => Script(folder, file, undo.FirstOrDefault(other => file.Prefix == 'V' && other.Version == file.Version)))];
    }

    private static FlywayFile[] Ordered(FlywayFile[] files, char prefix)
    {
        FlywayFile[] ordered = [.. files.Where(file => file.Prefix == prefix).OrderBy(file => file.Version)];
        MigrationOrder.RefuseDuplicates(ordered, file => file.Version!, file => file.Path);
        return ordered;
    }

    private static MigrationScript Script(MigrationFolder folder, FlywayFile file, FlywayFile? undo)
    {
        string text = MigrationFolderReader.Text(folder, file.Path);
        if (Placeholder().Match(text) is { Success: true } match)
        {
            throw FormatErrors.Placeholder.Exception(file.Path, match.Value);
        }

        string? settings = MigrationFolderReader.TextOrNull(folder, file.Path + ".conf");
        return new MigrationScript
        {
            Id = file.Prefix == 'R' ? $"R__{file.Description}" : file.Version!.ToString(), Name = file.Description, Path = MigrationFolderReader.FullPath(folder, file.Path), UpSql = text,
            Checksum = MigrationChecksums.Flyway(text).ToString(CultureInfo.InvariantCulture), HistoryName = file.Path,
            Kind = file.Prefix switch { 'R' => MigrationKind.Repeatable, 'B' => MigrationKind.Baseline, _ => MigrationKind.Versioned }, Repeatable = file.Prefix == 'R',
            DownSql = undo is null ? null : MigrationFolderReader.Text(folder, undo.Path), DownPath = undo is null ? null : MigrationFolderReader.FullPath(folder, undo.Path),
            ManualRollback = ScriptDirectives.ManualRollback(text),
            NoTransaction = ScriptDirectives.NoTransaction(text) || (settings is not null && NoTransactionSetting().IsMatch(settings)),
        };
    }

    private static FlywayFile Parse(string path)
    {
        Match match = File().Match(FileName(path));
        if (!match.Success)
        {
            throw FormatErrors.FileNotUnderstood.Exception(path, "flyway", "its name is not like V1__name.sql, U1__name.sql, R__name.sql or B1__name.sql.");
        }

        string version = match.Groups["version"].Value;
        return new FlywayFile(path, char.ToUpperInvariant(match.Groups["prefix"].Value is { Length: > 0 } prefix ? prefix[0] : 'R'),
            version.Length == 0 ? null : FlywayVersion.Parse(version), match.Groups["description"].Value.Replace('_', ' '));
    }

    private static string FileName(string path) => path[(path.LastIndexOf('/') + 1)..];

    [GeneratedRegex(@"^(?:(?<prefix>[VUB])(?<version>\d+(?:[._]\d+)*)|(?<prefix>R))__(?<description>.*)\.sql$", RegexOptions.CultureInvariant)]
    private static partial Regex File();

    [GeneratedRegex(@"^[VUR]\d*.*__.*\.(?:java|class|kt|groovy|sh|ps1|py|bat|cmd)$", RegexOptions.CultureInvariant)]
    private static partial Regex Program();

    [GeneratedRegex(@"\$\{[^}\r\n]+\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[ \t]*executeInTransaction[ \t]*=[ \t]*false", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex NoTransactionSetting();

    private sealed record FlywayFile(string Path, char Prefix, FlywayVersion? Version, string Description);
}

/// <summary>A Flyway version: dotted numbers, compared number by number, where missing parts are zero.</summary>
public sealed class FlywayVersion : IComparable<FlywayVersion>, IEquatable<FlywayVersion>
{
    private readonly BigInteger[] _parts;
    private readonly string _text;

    private FlywayVersion(string text)
    {
        _text = text;
        BigInteger[] parts = [.. text.Split('.').Select(MigrationOrder.Number)];
        int length = parts.Length;
        while (length > 1 && parts[length - 1].IsZero)
        {
            length--;
        }

        _parts = parts[..length];
    }

    /// <summary>Reads a version as a file name or a history row writes it.</summary>
    public static FlywayVersion Parse(string text) => new(text.Replace('_', '.'));

    /// <inheritdoc/>
    public int CompareTo(FlywayVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        for (int i = 0; i < Math.Max(_parts.Length, other._parts.Length); i++)
        {
            int order = Part(i).CompareTo(other.Part(i));
            if (order != 0)
            {
                return order;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public bool Equals(FlywayVersion? other) => CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FlywayVersion other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _parts.Aggregate(17, HashCode.Combine);

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>Equality of versions.</summary>
    public static bool operator ==(FlywayVersion? left, FlywayVersion? right) => left?.Equals(right) ?? right is null;

    /// <summary>Inequality of versions.</summary>
    public static bool operator !=(FlywayVersion? left, FlywayVersion? right) => !(left == right);

    /// <summary>Order of versions.</summary>
    public static bool operator <(FlywayVersion left, FlywayVersion right) => left.CompareTo(right) < 0;

    /// <summary>Order of versions.</summary>
    public static bool operator >(FlywayVersion left, FlywayVersion right) => left.CompareTo(right) > 0;

    /// <summary>Order of versions.</summary>
    public static bool operator <=(FlywayVersion left, FlywayVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Order of versions.</summary>
    public static bool operator >=(FlywayVersion left, FlywayVersion right) => left.CompareTo(right) >= 0;

    private BigInteger Part(int index) => index < _parts.Length ? _parts[index] : BigInteger.Zero;
}
