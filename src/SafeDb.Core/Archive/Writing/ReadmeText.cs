using System.Globalization;

namespace SafeDb.Archive.Writing;

/// <summary>The entry <c>README.txt</c>: what to do with the file when SafeDb is not at hand.</summary>
internal static class ReadmeText
{
    internal static string For(ArchiveHeader header)
    {
        string created = header.Created.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        string opening = $"""
            SafeDb archive {header.ArchiveId}
            A backup of a {header.Engine} database, begun {created}. Format version {header.FormatVersion}.

            With SafeDb:       safedb test <file>        safedb restore <file> <database>
            In PowerShell:     Test-SafeDbBackup <file>  Restore-SafeDb <file> <database>

            Without SafeDb, with public tools only. The format is described in docs/archive-format.md of the SafeDb project.

            1. This file is a ZIP file with stored entries: "unzip <file>" takes it apart.
            2. Check it without any key: "sha256sum -c checksums.sha256". That finds damage, not a forger.

            """;
        return opening + (header.IsEncrypted ? Encrypted(header) : Unencrypted) + Closing(header);
    }

    private const string Unencrypted = """
        3. This archive is NOT encrypted and NOT authenticated: anyone could have read or replaced it.

        """;

    private static string Encrypted(ArchiveHeader header) => $"""
        3. Get the 32-byte data key. It is wrapped in header.json for: {header.DescribeRecipients()}. One of them is enough.
             certificate: decode "cms" from Base64, then: openssl cms -decrypt -binary -inform DER -in key.cms -inkey private.pem -out data.key
             passphrase:  k = PBKDF2-HMAC-SHA256(passphrase, salt, iterations, 32 bytes)
             key:         k = HKDF-SHA256(key, salt, info "safedb/v1/wrap/{header.ArchiveId}", 32 bytes)
             for both:    data key = AES-256-GCM-decrypt(k, nonce, wrapped, associated data "safedb/v1/wrap/{header.ArchiveId}")
        4. "manifest" and every file in parts/ are sealed in the Tink streaming format AES256_GCM_HKDF_1MB with the data key and
           the associated data "safedb/v1/{header.ArchiveId}/<name of the entry>". Tink's own tools open them.
             file    = 0x28, salt (32), prefix (7), segments; each segment with its tag has 1048576 bytes, the first 40 fewer, the last what is left
             k       = HKDF-SHA256(data key, salt, info = the associated data, 32 bytes)
             segment = AES-256-GCM(k, nonce = prefix, number of the segment from 0 (4 bytes, big-endian), 1 if it is the last else 0)

        """;

    private static string Closing(ArchiveHeader header) => $"""
        5. What comes out is compressed: {(header.Compression == ArchiveFormat.BrotliCodec ? "Brotli (\"brotli -d\")" : "not at all")}.
        6. The manifest is JSON: the schema's statements in order ("schemaObjects"), the tables, and for every part what it holds.
             kind rows:          lines for COPY ... FROM STDIN (PostgreSQL) or as the manifest's properties say; "target" is the table
             kind image:         bytes of the database file from "offset" on; put together they are the file
             kind largeObjects:  as the manifest's properties say

        """;
}
