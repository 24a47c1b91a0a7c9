using System.Globalization;
using SafeDb.Addresses;

namespace SafeDb.Archive;

/// <summary>Names and limits of archive format version 1; explained in <c>docs/archive-format.md</c>.</summary>
internal static class ArchiveFormat
{
    internal const int Version = 1;
    internal const string HeaderEntry = "header.json";
    internal const string ReadmeEntry = "README.txt";
    internal const string ManifestEntry = "manifest";
    internal const string ChecksumsEntry = "checksums.sha256";
    internal const string AuthenticationEntry = "manifest.hmac";
    internal const string PartPrefix = "parts/";
    internal const string Sealing = "AES256_GCM_HKDF_1MB";
    internal const string NoSealing = "none";
    internal const string BrotliCodec = "br";
    internal const string NoCodec = "none";
    internal const int MaxParts = 999_999;
    internal const int MaxHeaderBytes = 1 << 20;
    internal const int MaxManifestBytes = 1 << 30;
    internal const int MaxRecipients = 64;
    internal const int MaxPassphrases = 4;

    internal static string PartName(int number) => PartPrefix + number.ToString("D6", CultureInfo.InvariantCulture);

    internal static string ChecksumLine(string sha256, string entry) => $"{sha256}  {entry}\n";

    /// <summary>Reads the number out of a part's name; only the one canonical spelling counts.</summary>
    internal static bool TryPartNumber(string name, out int number)
    {
        number = 0;
        return name.Length == PartPrefix.Length + 6
            && name.StartsWith(PartPrefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(PartPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number is > 0 and <= MaxParts;
    }

    internal static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

    internal static bool IsArchiveId(string? id) => id is { Length: 32 } && id.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    internal static bool IsSha256(string? hex) => hex is { Length: 64 } && hex.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f'));

    internal static string EngineId(DatabaseEngine engine) => engine switch
    {
        DatabaseEngine.Sqlite => "sqlite",
        DatabaseEngine.PostgreSql => "postgresql",
        DatabaseEngine.SqlServer => "sqlserver",
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, null),
    };

    internal static DatabaseEngine? EngineOf(string? id) => id switch
    {
        "sqlite" => DatabaseEngine.Sqlite,
        "postgresql" => DatabaseEngine.PostgreSql,
        "sqlserver" => DatabaseEngine.SqlServer,
        _ => null,
    };
}
