using System.Text;

using SafeDb.Errors;

namespace SafeDb.Migration.Formats;

/// <summary>Reads folders and files of migrations, and nothing beside them.</summary>
public static class MigrationFolderReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Lists a folder. Hidden entries and what lies behind links out of the folder are left out.</summary>
    public static MigrationFolder Read(string path)
    {
        string full = Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            throw FormatErrors.FolderNotFound.Exception(path);
        }

        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System,
        };
        try
        {
            string[] files = [.. Directory.EnumerateFiles(full, "*", options).Select(file => Path.GetRelativePath(full, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];
            string[] directories = [.. Directory.EnumerateDirectories(full, "*", new EnumerationOptions { AttributesToSkip = options.AttributesToSkip })
                .Select(directory => Path.GetFileName(directory)).Order(StringComparer.Ordinal)];
            return new MigrationFolder(full, files) { Directories = directories };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw FormatErrors.Unreadable.Caused(failure, path, failure.Message);
        }
    }

    /// <summary>The text of a file as it is on disk, a byte order mark included as U+FEFF.</summary>
    internal static string RawText(MigrationFolder folder, string file)
    {
        string path = FullPath(folder, file);
        try
        {
            return Strict.GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException failure)
        {
            throw new SafeDbException(FormatErrors.NotUtf8.Error(path) with { Target = path }, failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw FormatErrors.Unreadable.Caused(failure, path, failure.Message);
        }
    }

    /// <summary>The text of a file without byte order mark.</summary>
    internal static string Text(MigrationFolder folder, string file) => RawText(folder, file) is var text && text.StartsWith('\uFEFF') ? text[1..] : text;

    /// <summary>The text of a file, or null when the folder has none of that name.</summary>
    internal static string? TextOrNull(MigrationFolder folder, string file) => folder.Files.Contains(file, StringComparer.Ordinal) ? Text(folder, file) : null;

    /// <summary>Where a file of the folder lies.</summary>
    internal static string FullPath(MigrationFolder folder, string file) => Path.Combine(folder.Path, file.Replace('/', Path.DirectorySeparatorChar));
}
