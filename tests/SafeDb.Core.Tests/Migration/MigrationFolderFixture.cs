using System.Text;

using SafeDb.Migration;
using SafeDb.Migration.Formats;

namespace SafeDb.Core.Tests.Migration;

/// <summary>A folder of migration files that lives as long as a test.</summary>
internal sealed class MigrationFolderFixture : IDisposable
{
    public MigrationFolderFixture(params (string File, string Text)[] files)
    {
        foreach ((string file, string text) in files)
        {
            Write(file, text);
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("safedb-migrations-").FullName;

    public MigrationFolder Folder => MigrationFolderReader.Read(Path);

    public void Write(string file, string text)
    {
        string path = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
