using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using SafeDb.Errors;

namespace SafeDb.Schema;

/// <summary>Snapshots of the schemas that runs left, in the form of <c>safedb schema --output json</c>: one file for each schema in a folder, found again by its fingerprint.</summary>
public static class SnapshotFile
{
    private const int FingerprintLength = 64;
    private const int NamedLength = 16;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The file of a schema in a folder, or null when there is none.</summary>
    public static FoundSnapshot? Find(string? folder, string fingerprint)
    {
        // A fingerprint comes out of a table that others can write, and becomes a part of a path.
        if (folder is null || fingerprint.Length != FingerprintLength || !fingerprint.All(char.IsAsciiHexDigitLower) || !File.Exists(PathOf(folder, fingerprint)))
        {
            return null;
        }

        string path = PathOf(folder, fingerprint);
        try
        {
            SchemaSnapshot snapshot = SchemaSnapshotService.Load(path);
            return snapshot.Fingerprint == fingerprint ? new FoundSnapshot(path, snapshot, null) : new FoundSnapshot(path, null, SchemaErrors.SnapshotInvalid.Error(path, "it is of another schema.").Message);
        }
        catch (SafeDbException unusable)
        {
            return new FoundSnapshot(path, null, unusable.Message);
        }
    }

    /// <summary>Writes a snapshot into a folder, whole or not at all; one that is there already and whole stays as it is. Answers the file.</summary>
    public static string Write(string folder, SchemaSnapshot snapshot)
    {
        if (Find(folder, snapshot.Fingerprint) is { Snapshot: not null } there)
        {
            return there.Path;
        }

        string path = PathOf(folder, snapshot.Fingerprint);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                JsonSerializer.Serialize(stream, snapshot, Options);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            return path;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static string PathOf(string folder, string fingerprint) => Path.Combine(Path.GetFullPath(folder), $"schema-{fingerprint[..NamedLength]}.json");
}

/// <summary>A snapshot that was looked up.</summary>
/// <param name="Path">The file.</param>
/// <param name="Snapshot">What it holds, or null when it cannot be used.</param>
/// <param name="Problem">Why it cannot be used, or null.</param>
public sealed record FoundSnapshot(string Path, SchemaSnapshot? Snapshot, string? Problem);
