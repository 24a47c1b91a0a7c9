using System.Text.Json;
using SafeDb.Archive.Sealing;
using SafeDb.Archive.Zip;

namespace SafeDb.Archive.Reading;

/// <summary>Reads and checks <c>header.json</c>. Everything in it may come from an adversary: sizes, counts and rounds are bounded before they cost anything.</summary>
internal static class HeaderReader
{
    internal static ArchiveHeader Parse(byte[] json)
    {
        try
        {
            RequireVersion(json);
            ArchiveHeader header = JsonSerializer.Deserialize(json, ArchiveJson.Default.ArchiveHeader) ?? throw Invalid("it is empty");
            Validate(header);
            return header;
        }
        catch (JsonException failure)
        {
            // The parser's message may repeat content; its position is enough.
            throw ArchiveErrors.Damaged.Caused(failure, ArchiveFormat.HeaderEntry, "it is not the JSON that the format defines");
        }
    }

    /// <summary>The directory must be the one encoding of these entries and this time.</summary>
    internal static void RequireCanonicalDirectory(ZipDirectory directory, uint dosTime)
    {
        ReadOnlySpan<byte> actual = directory.Raw;
        foreach (ZipEntry entry in directory.Entries)
        {
            byte[] expected = ZipLayout.CentralHeader(entry, dosTime);
            if (actual.Length < expected.Length || !actual[..expected.Length].SequenceEqual(expected))
                throw ArchiveErrors.Damaged.Exception("the directory", $"the entry '{entry.Name}' is not as written");
            actual = actual[expected.Length..];
        }
    }

    /// <summary>The version is looked at first: nothing else of a later version need be understood.</summary>
    private static void RequireVersion(byte[] json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("formatVersion", out JsonElement version)
            || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out int number))
        {
            throw Invalid("it states no version");
        }

        if (number != ArchiveFormat.Version) throw ArchiveErrors.UnsupportedVersion.Exception(number, ArchiveFormat.Version);
    }

    private static void Validate(ArchiveHeader header)
    {
        if (!ArchiveFormat.IsArchiveId(header.ArchiveId)) throw Invalid("the archive id is malformed");
        if (header.Compression is not (ArchiveFormat.BrotliCodec or ArchiveFormat.NoCodec)) throw ArchiveErrors.UnsupportedFeature.Exception("a compression of a later version");
        if (header.Encryption is not (ArchiveFormat.Sealing or ArchiveFormat.NoSealing)) throw ArchiveErrors.UnsupportedFeature.Exception("an encryption of a later version");
        if (header.Recipients is null || header.Recipients.Any(recipient => recipient is null)) throw Invalid("the recipients are missing");
        bool plain = !header.IsEncrypted;
        if (plain != (header.KeyCommitment is null) || plain != (header.Recipients.Count == 0)) throw Invalid("encryption and recipients do not fit each other");
        if (!plain && !ArchiveFormat.IsSha256(header.KeyCommitment)) throw Invalid("the key commitment is malformed");
        bool many = header.Recipients.Count > ArchiveFormat.MaxRecipients || header.Recipients.Count(recipient => recipient.Kind == RecipientKind.Passphrase) > ArchiveFormat.MaxPassphrases;
        if (many) throw Invalid("there are too many recipients");
        if (!header.Recipients.All(KeyWrapping.IsWellFormed)) throw Invalid("a recipient is malformed or asks for too few or too many rounds");
    }

    private static Errors.SafeDbException Invalid(string what) => ArchiveErrors.Damaged.Exception(ArchiveFormat.HeaderEntry, what);
}
