using System.Text.Json;

namespace SafeDb.Readiness;

/// <summary>Reads what runs left in the evidence folder. A line that cannot be read is passed over: it proves nothing.</summary>
public static class ReadinessFiles
{
    /// <summary>Name of the file of heartbeats.</summary>
    public const string HeartbeatFile = "heartbeats.jsonl";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The runs of migrations that left evidence in a folder.</summary>
    public static IReadOnlyList<LoggedRun> Runs(string? folder)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return [];
        }

        var runs = new List<LoggedRun>();
        foreach (string file in Directory.EnumerateFiles(folder, "migration-*.jsonl").Order(StringComparer.Ordinal))
        {
            JsonElement[] lines = [.. Lines(file)];
            var ids = lines.Select(line => Text(line, "migration")).OfType<string>().ToHashSet(StringComparer.Ordinal);
            DateTimeOffset[] times = [.. lines.Select(line => Text(line, "at")).Select(text => DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out DateTimeOffset at) ? at : default)];
            if (times.Length > 0)
            {
                runs.Add(new LoggedRun(file, times.Max(), ids));
            }
        }

        return runs;
    }

    /// <summary>The heartbeats in a folder, in the order of the file.</summary>
    public static IReadOnlyList<Heartbeat> Heartbeats(string? folder)
    {
        string? file = folder is null ? null : Path.Combine(folder, HeartbeatFile);
        return file is null || !File.Exists(file) ? [] : [.. Lines(file).Select(Beat).OfType<Heartbeat>()];
    }

    /// <summary>Appends a heartbeat.</summary>
    public static void Append(string folder, Heartbeat beat)
    {
        Directory.CreateDirectory(folder);
        File.AppendAllText(Path.Combine(folder, HeartbeatFile), JsonSerializer.Serialize(beat, Json) + "\n");
    }

    private static Heartbeat? Beat(JsonElement line)
    {
        try
        {
            return line.Deserialize<Heartbeat>(Json) is { Name: not null } beat && beat.FinishedAt != default ? beat : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<JsonElement> Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            JsonElement? element = null;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                element = document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
            }
            catch (JsonException)
            {
                // Said above.
            }

            if (element is { } found)
            {
                yield return found;
            }
        }
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
