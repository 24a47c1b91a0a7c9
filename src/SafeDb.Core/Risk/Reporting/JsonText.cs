using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SafeDb.Risk.Reporting;

/// <summary>Writes indented JSON that is the same on every system.</summary>
internal static class JsonText
{
    // SQL is full of ' < > +, and a report is a file, not a script block in a page.
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text that the action writes, with LF line ends and one at its end.</summary>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length).ReplaceLineEndings("\n") + "\n";
    }
}
