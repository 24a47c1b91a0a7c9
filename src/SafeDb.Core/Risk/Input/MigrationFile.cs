using System.Text;

using SafeDb.Sql;

namespace SafeDb.Risk.Input;

/// <summary>A migration file as it was found.</summary>
/// <param name="Path">As the caller will see it.</param>
/// <param name="Text">The text; the part that takes the migration back is blanked, so that places stay right.</param>
/// <param name="WayBack">How it can be taken back.</param>
/// <param name="IsWayBack">Whether it is itself a way back.</param>
public sealed record MigrationFile(string Path, string Text, FileWayBack WayBack, bool IsWayBack)
{
    /// <summary>How the runner, as far as the file and its folder tell, wraps the statements.</summary>
    public FileTransaction Transaction { get; init; }

    /// <summary>The file for the analysis.</summary>
    public RiskFile ToRiskFile() => new(new SourceText(Text, Path), Transaction) { WayBack = WayBack, IsWayBack = IsWayBack };

    /// <summary>Reads a text file as UTF-8, or UTF-16 with a byte order mark.</summary>
    internal static string ReadText(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw RiskErrors.Unreadable.Caused(problem, path, problem.Message);
        }

        try
        {
            string text = bytes switch
            {
                [0xEF, 0xBB, 0xBF, ..] => new UTF8Encoding(false, true).GetString(bytes, 3, bytes.Length - 3),
                [0xFF, 0xFE, ..] => new UnicodeEncoding(false, false, true).GetString(bytes, 2, bytes.Length - 2),
                [0xFE, 0xFF, ..] => new UnicodeEncoding(true, false, true).GetString(bytes, 2, bytes.Length - 2),
                _ => new UTF8Encoding(false, true).GetString(bytes),
            };

            // UTF-16 without its mark, and binary files whose bytes happen to be UTF-8: no SQL holds a zero.
            return text.Contains('\0', StringComparison.Ordinal) ? throw RiskErrors.NotText.Exception(path) : text;
        }
        catch (ArgumentException problem)
        {
            throw RiskErrors.NotText.Caused(problem, path);
        }
    }
}
