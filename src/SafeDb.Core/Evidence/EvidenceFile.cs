using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using SafeDb.Errors;

namespace SafeDb.Evidence;

/// <summary>The evidence of one run on disk: JSON lines, each flushed as it is written, and the reports at the end.</summary>
public sealed class EvidenceFile : IRunEvents, IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string _stem;
    private readonly FileStream _stream;
    private readonly object _gate = new();

    private EvidenceFile(string stem, FileStream stream)
    {
        _stem = stem;
        _stream = stream;
    }

    /// <summary>Begins the file of a run. Fails when the folder cannot be written: a run without evidence is not begun.</summary>
    public static EvidenceFile Create(string folder, string runId)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string stem = Path.Combine(Path.GetFullPath(folder), $"migration-{runId}");
            return new EvidenceFile(stem, new FileStream(stem + ".jsonl", FileMode.CreateNew, FileAccess.Write, FileShare.Read));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw EvidenceErrors.NotWritable.Caused(failure, folder, failure.Message);
        }
    }

    /// <inheritdoc/>
    public void Write(RunEvent line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, Json) + "\n");
        lock (_gate)
        {
            _stream.Write(bytes);
            _stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>Writes the Markdown and HTML reports; answers every file of the run.</summary>
    public IReadOnlyList<string> WriteReports(MigrationRun run)
    {
        string markdown = _stem + ".md";
        string html = _stem + ".html";
        File.WriteAllText(markdown, MarkdownReport.Of(run));
        File.WriteAllText(html, HtmlReport.Of(run));
        return [_stem + ".jsonl", markdown, html];
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}

/// <summary>Errors of evidence.</summary>
public static class EvidenceErrors
{
    /// <summary>The folder cannot be written.</summary>
    public static readonly ErrorDefinition NotWritable = new(
        "Evidence.NotWritable", ErrorKind.Storage, "Evidence cannot be written to {0}: {1}", "Give a folder that can be written. Nothing was changed.");
}
