using System.Text.RegularExpressions;

namespace SafeDb.Migration.Formats;

/// <summary>One section of a file that holds several.</summary>
/// <param name="Text">Its text, the marker line included, so that offsets stay true.</param>
/// <param name="Line">The line, from 1, on which it begins.</param>
/// <param name="Marker">The marker as written.</param>
internal sealed record ScriptSection(string Text, int Line, string Marker);

/// <summary>Cuts a file at its marker lines.</summary>
internal static class ScriptSections
{
    /// <summary>The section that begins at the only match of <paramref name="marker"/> and ends before the next match of one of <paramref name="others"/>; null without a match.</summary>
    public static ScriptSection? Find(string file, string text, Regex marker, params Regex[] others)
    {
        MatchCollection matches = marker.Matches(text);
        if (matches.Count == 0)
        {
            return null;
        }

        if (matches.Count > 1)
        {
            throw FormatErrors.Markers.Exception(file, $"the marker {matches[1].Value.Trim()} stands there twice.");
        }

        int start = matches[0].Index;
        int end = others.SelectMany(other => other.Matches(text)).Select(match => match.Index).Where(index => index > start).DefaultIfEmpty(text.Length).Min();
        return new ScriptSection(text[start..end], LineOf(text, start), matches[0].Value.Trim());
    }

    /// <summary>Whether a text holds anything but blanks and comments.</summary>
    public static bool HasStatement(string text)
    {
        string bare = Regex.Replace(text, @"/\*.*?\*/|--[^\n]*", " ", RegexOptions.Singleline);
        return bare.AsSpan().Trim([' ', '\t', '\r', '\n', ';', '\f']).Length > 0;
    }

    private static int LineOf(string text, int offset) => text.AsSpan(0, offset).Count('\n') + 1;
}
