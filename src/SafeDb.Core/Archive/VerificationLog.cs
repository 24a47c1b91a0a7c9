using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SafeDb.Errors;
using SafeDb.Stores;

namespace SafeDb.Archive;

/// <summary>
/// The record of verifications beside an archive: <c>&lt;name&gt;.verified.json</c>. Entries are only ever appended; each carries an HMAC under a key derived from the archive's data key and names the one before it.
/// So a forged, altered, moved or removed entry is told from a genuine one; only the removal of the latest entries cannot be seen from the file alone.
/// Beside an unencrypted archive the records carry a plain digest, which proves nothing against a forger.
/// </summary>
public static class VerificationLog
{
    private const int MaxBytes = 16 << 20;
    private const int Attempts = 20;
    private static readonly string Start = new('0', 64);

    /// <summary>Reads the records of an archive; none when there is no file. With a reader whose manifest was read, each is checked; without, none is trusted.</summary>
    public static async Task<IReadOnlyList<VerificationEntry>> ReadAsync(IArchiveStore store, string archive, ArchiveReader? reader, CancellationToken cancellationToken)
    {
        (IReadOnlyList<VerificationEntry> entries, _) = await LoadAsync(store, archive, reader, cancellationToken).ConfigureAwait(false);
        return entries;
    }

    /// <summary>Appends a record. The reader's manifest must have been read. Tries again when somebody else appends at the same moment.</summary>
    public static async Task AppendAsync(IArchiveStore store, string archive, ArchiveReader reader, VerificationRecord record, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            (IReadOnlyList<VerificationEntry> entries, string? tag) = await LoadAsync(store, archive, reader, cancellationToken).ConfigureAwait(false);
            VerificationRecord chained = record with
            {
                ArchiveId = reader.Header.ArchiveId,
                ContentId = reader.ContentId,
                Previous = entries.Count == 0 ? Start : entries[^1].Mac,
            };
            byte[] raw = JsonSerializer.SerializeToUtf8Bytes(chained, ArchiveJson.Default.VerificationRecord);
            var entry = new VerificationEntry(chained, VerificationState.Valid, Mac(reader, raw)) { Raw = Encoding.UTF8.GetString(raw) };
            try
            {
                await store.WriteSidecarAsync(Name(archive), Write(reader.Header.ArchiveId, [.. entries, entry]), tag, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (SafeDbException failure) when (attempt < Attempts && (failure.Id == StoreErrors.AlreadyExists.Id || IsHeld(failure)))
            {
                await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsHeld(SafeDbException failure) => failure.Error is { Kind: ErrorKind.Locked, IsTransient: true };

    private static Task PauseAsync(int attempt, CancellationToken cancellationToken) =>
        Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(5, 20 * attempt)), cancellationToken);

    private static string Name(string archive) => archive + StoreNames.VerifiedSuffix;

    private static async Task<(IReadOnlyList<VerificationEntry> Entries, string? Tag)> LoadAsync(
        IArchiveStore store, string archive, ArchiveReader? reader, CancellationToken cancellationToken)
    {
        if (await TryOpenAsync(store, Name(archive), cancellationToken).ConfigureAwait(false) is not { } file) return ([], null);
        await using (file.ConfigureAwait(false))
        {
            if (file.Length > MaxBytes) throw Damaged(archive, "it is too large");
            byte[] content = new byte[file.Length];
            await file.ReadAsync(0, content, cancellationToken).ConfigureAwait(false);
            return (Parse(content, archive, reader), file.Tag);
        }
    }

    /// <summary>Opens the record; null when there is none. Somebody who appends holds it for a moment.</summary>
    private static async Task<IArchiveFile?> TryOpenAsync(IArchiveStore store, string name, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failure) when (failure.Id == StoreErrors.NotFound.Id)
            {
                return null;
            }
            catch (SafeDbException failure) when (attempt < Attempts && IsHeld(failure))
            {
                await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static List<VerificationEntry> Parse(byte[] content, string archive, ArchiveReader? reader)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("records", out JsonElement records) || records.ValueKind != JsonValueKind.Array)
                throw Damaged(archive, "it holds no records");
            var entries = new List<VerificationEntry>();
            string previous = Start;
            foreach (JsonElement item in records.EnumerateArray())
            {
                VerificationEntry entry = ParseEntry(item, archive, reader, previous);
                previous = entry.Mac;
                entries.Add(entry);
            }

            return entries;
        }
        catch (JsonException failure)
        {
            throw ArchiveErrors.EvidenceDamaged.Caused(failure, Name(archive), "it is not JSON");
        }
    }

    private static VerificationEntry ParseEntry(JsonElement item, string archive, ArchiveReader? reader, string previous)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("record", out JsonElement raw)
            || !item.TryGetProperty("mac", out JsonElement mac) || mac.ValueKind != JsonValueKind.String || !ArchiveFormat.IsSha256(mac.GetString()))
        {
            throw Damaged(archive, "a record is malformed");
        }

        string text = raw.GetRawText();
        VerificationRecord record = JsonSerializer.Deserialize(text, ArchiveJson.Default.VerificationRecord) ?? throw Damaged(archive, "a record is empty");
        if (record.Level is null || record.Problems is null || record.ToolVersion is null) throw Damaged(archive, "a record is incomplete");
        return new VerificationEntry(record, Judge(record, text, mac.GetString()!, reader, previous), mac.GetString()!) { Raw = text };
    }

    private static VerificationState Judge(VerificationRecord record, string raw, string mac, ArchiveReader? reader, string previous)
    {
        if (reader is null) return VerificationState.Unchecked;
        bool genuine = CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Mac(reader, Encoding.UTF8.GetBytes(raw))), Encoding.ASCII.GetBytes(mac));
        if (!genuine || record.ArchiveId != reader.Header.ArchiveId || record.ContentId != reader.ContentId) return VerificationState.Forged;
        if (record.Previous != previous) return VerificationState.OutOfPlace;
        return reader.Header.IsEncrypted ? VerificationState.Valid : VerificationState.Unkeyed;
    }

    private static string Mac(ArchiveReader reader, ReadOnlySpan<byte> raw)
    {
        if (reader.Key is not { } key) return ArchiveFormat.Hex(SHA256.HashData(raw));
        byte[] evidenceKey = key.EvidenceKey();
        string mac = ArchiveFormat.Hex(HMACSHA256.HashData(evidenceKey, raw));
        CryptographicOperations.ZeroMemory(evidenceKey);
        return mac;
    }

    private static byte[] Write(string archiveId, IReadOnlyList<VerificationEntry> entries)
    {
        string records = string.Join(",\n", entries.Select(entry => $$"""{"record":{{entry.Raw}},"mac":"{{entry.Mac}}"}"""));
        return Encoding.UTF8.GetBytes($$"""{"formatVersion":1,"archiveId":"{{archiveId}}","records":[""" + "\n" + records + "\n]}\n");
    }

    private static SafeDbException Damaged(string archive, string what) => ArchiveErrors.EvidenceDamaged.Exception(Name(archive), what);
}
