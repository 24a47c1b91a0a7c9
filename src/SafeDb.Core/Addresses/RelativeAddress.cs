using System.Data.Common;

namespace SafeDb.Addresses;

/// <summary>
/// Makes the file of an address absolute, from the folder that its writer meant: the session's location, the folder of <c>safedb.json</c>. The process's own folder is neither,
/// and in PowerShell it is seldom where the prompt stands. Addresses of servers stay as they are.
/// </summary>
public static class RelativeAddress
{
    private static readonly string[] Schemes = ["sqlite:", "sqlite3:", "file:"];
    private static readonly string[] SourceWords = ["Data Source", "DataSource", "Filename"];
    private static readonly string[] Extensions = [".db", ".sqlite", ".sqlite3", ".db3"];

    /// <summary>The address with its file resolved against a folder.</summary>
    /// <param name="text">The address as written: a URI with a scheme of SQLite, a connection string, or a path. A name without a folder or a file's extension is a path only when that file is there.</param>
    /// <param name="folder">What a relative file starts from.</param>
    public static string Resolve(string text, string folder)
    {
        if (Array.Find(Schemes, scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) is { } scheme)
        {
            return string.Concat(text.AsSpan(0, scheme.Length), ResolveUri(text[scheme.Length..], folder));
        }

        if (text.Contains("://", StringComparison.Ordinal))
        {
            return text;
        }

        return text.Contains('=', StringComparison.Ordinal) ? ResolveWords(text, folder)
            : text.AsSpan().ContainsAny('/', Path.DirectorySeparatorChar) || IsFile(text, folder) ? Path.GetFullPath(text, folder)
            : text;
    }

    private static string ResolveUri(string file, string folder)
    {
        int query = file.IndexOf('?', StringComparison.Ordinal);
        string name = query < 0 ? file : file[..query];
        return name.Length == 0 || name == ":memory:" || name.StartsWith("//", StringComparison.Ordinal) || Path.IsPathFullyQualified(name)
            ? file
            : string.Concat(Path.GetFullPath(name, folder), query < 0 ? string.Empty : file[query..]);
    }

    // "Data Source" names a server in the words of SQL Server: only what looks like a file, or is one, is taken for a file.
    private static string ResolveWords(string text, string folder)
    {
        DbConnectionStringBuilder words;
        try
        {
            words = new DbConnectionStringBuilder { ConnectionString = text };
        }
        catch (ArgumentException)
        {
            return text; // no connection string; who parses it says so
        }

        foreach (string word in SourceWords.Where(words.ContainsKey))
        {
            string source = (string)words[word];
            string resolved = source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? Resolve(source, folder) : IsFile(source, folder) ? Path.GetFullPath(source, folder) : source;
            if (resolved != source)
            {
                words[word] = resolved;
                return words.ConnectionString;
            }
        }

        return text;
    }

    // A file that only the process's folder holds must not be found by accident: made absolute, it is said to be missing.
    private static bool IsFile(string text, string folder) =>
        !Path.IsPathFullyQualified(text) && text != ":memory:" && text.Length > 0
        && (Extensions.Contains(Path.GetExtension(text), StringComparer.OrdinalIgnoreCase) || File.Exists(Path.GetFullPath(text, folder)) || File.Exists(text));
}
