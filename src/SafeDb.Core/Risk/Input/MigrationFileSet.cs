using System.Runtime.ExceptionServices;

namespace SafeDb.Risk.Input;

/// <summary>
/// Finds migration files and what takes them back. More lenient than a runner's format: it reads any folder of .sql files, because reading risks nothing.
/// </summary>
public static class MigrationFileSet
{
    /// <summary>Reads files and folders (searched with what is below them), each in the order of their names with numbers as numbers.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="folder">What relative paths start from.</param>
    public static IReadOnlyList<MigrationFile> Read(IEnumerable<string> paths, string folder)
    {
        var files = new List<MigrationFile>();
        foreach (string path in paths)
        {
            string full = Path.GetFullPath(path, folder);
            if (Directory.Exists(full))
            {
                files.AddRange(ReadFolder(path, full));
            }
            else
            {
                files.Add(File.Exists(full) ? ReadFile(path, full, WayBackFiles.Beside(full, File.Exists)) : throw RiskErrors.PathMissing.Exception(path));
            }
        }

        return files.Count > 0 ? files : throw RiskErrors.NoFiles.Exception(string.Join(", ", paths));
    }

    private static MigrationFile[] ReadFolder(string shown, string full)
    {
        List<string> names = [.. Directory.EnumerateFiles(full, "*.sql", new EnumerationOptions { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive })
            .Select(file => Path.GetRelativePath(full, file).Replace('\\', '/'))
            .Order(NaturalOrder.Instance)];

        // The folder was read just now: to ask for every possible name beside every file would ask the file system tens of thousands of times.
        var present = names.Select(name => Path.Combine(full, name.Replace('/', Path.DirectorySeparatorChar)))
            .ToHashSet(OperatingSystem.IsLinux() ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        string[] migrations = [.. names.Where(name => !WayBackFiles.IsWayBack(name) && !IsCheck(name))];
        var files = new MigrationFile[migrations.Length];
        try
        {
            PoolThreads.For(files.Length, i =>
            {
                string file = Path.Combine(full, migrations[i].Replace('/', Path.DirectorySeparatorChar));
                files[i] = ReadFile(shown is "." or "./" ? migrations[i] : $"{shown.TrimEnd('/', '\\')}/{migrations[i]}", file, WayBackFiles.Beside(file, present.Contains));
            });
        }
        catch (AggregateException problems)
        {
            ExceptionDispatchInfo.Throw(problems.InnerExceptions[0]);
        }

        return files;
    }

    private static bool IsCheck(string name) => Path.GetFileName(name) is var file && (file.Equals("verify.sql", StringComparison.OrdinalIgnoreCase) || file.EndsWith(".verify.sql", StringComparison.OrdinalIgnoreCase));

    private static MigrationFile ReadFile(string shown, string full, bool hasScriptBeside)
    {
        string text = MigrationFile.ReadText(full);
        (string up, bool hasDown) = MigrationMarkers.WithoutDown(text);
        bool isWayBack = WayBackFiles.IsWayBack(full);

        // Prisma sends a file's statements to SQLite one by one, without a transaction of its own.
        FileTransaction transaction = MigrationMarkers.AsksForNoTransaction(text) || WayBackFiles.IsPrisma(full) ? FileTransaction.PerStatement
            : WayBackFiles.IsGolangMigrate(full) ? FileTransaction.OneCall
            : FileTransaction.Single;
        FileWayBack wayBack = hasDown || hasScriptBeside ? FileWayBack.Script : MigrationMarkers.SaysManualWayBack(text) ? FileWayBack.Manual : FileWayBack.None;
        return new MigrationFile(shown, up, wayBack, isWayBack) { Transaction = transaction };
    }
}
