using SafeDb.Addresses;

namespace SafeDb.Risk.Input;

/// <summary>Tells the engine that SQL was written for, from the folder's own files and from words that only one engine has. Null when it cannot be told.</summary>
public static class EngineDetector
{
    private static readonly (DatabaseEngine Engine, string Word)[] Signs =
    [
        (DatabaseEngine.Sqlite, "AUTOINCREMENT"), (DatabaseEngine.Sqlite, "PRAGMA "), (DatabaseEngine.Sqlite, "WITHOUT ROWID"), (DatabaseEngine.Sqlite, "sqlite_master"),
        (DatabaseEngine.Sqlite, "sqlite_schema"), (DatabaseEngine.Sqlite, "sqlite_sequence"), (DatabaseEngine.Sqlite, "USING fts5"), (DatabaseEngine.Sqlite, "strftime("),
        (DatabaseEngine.Sqlite, "INTEGER PRIMARY KEY"), (DatabaseEngine.Sqlite, "DATETIME"), (DatabaseEngine.Sqlite, " STRICT"),
        (DatabaseEngine.PostgreSql, "SERIAL"), (DatabaseEngine.PostgreSql, "$$"), (DatabaseEngine.PostgreSql, "CONCURRENTLY"), (DatabaseEngine.PostgreSql, "JSONB"), (DatabaseEngine.PostgreSql, "plpgsql"),
        (DatabaseEngine.PostgreSql, "TIMESTAMPTZ"), (DatabaseEngine.PostgreSql, "TIMESTAMP("), (DatabaseEngine.PostgreSql, "CREATE EXTENSION"), (DatabaseEngine.PostgreSql, "::"), (DatabaseEngine.PostgreSql, "ADD CONSTRAINT"),
        (DatabaseEngine.PostgreSql, "CREATE TYPE"), (DatabaseEngine.PostgreSql, "ALTER COLUMN"), (DatabaseEngine.PostgreSql, "lock_timeout"), (DatabaseEngine.PostgreSql, "\"public\"."), (DatabaseEngine.PostgreSql, "CREATE SCHEMA"),
        (DatabaseEngine.SqlServer, "[dbo]"), (DatabaseEngine.SqlServer, "dbo."), (DatabaseEngine.SqlServer, "NVARCHAR"), (DatabaseEngine.SqlServer, "IDENTITY(1"), (DatabaseEngine.SqlServer, "sp_rename"),
        (DatabaseEngine.SqlServer, "\nGO\n"), (DatabaseEngine.SqlServer, "\nGO\r"), (DatabaseEngine.SqlServer, "DATETIME2"), (DatabaseEngine.SqlServer, "UNIQUEIDENTIFIER"), (DatabaseEngine.SqlServer, "XACT_ABORT"),
    ];

    /// <summary>The engine of files in a folder.</summary>
    /// <param name="paths">Files or folders, whose folders and the two above them may hold <c>migration_lock.toml</c> or <c>schema.prisma</c>.</param>
    /// <param name="texts">Their texts.</param>
    /// <param name="folder">What relative paths start from.</param>
    public static DatabaseEngine? Detect(IEnumerable<string> paths, IEnumerable<string> texts, string folder) =>
        paths.Select(path => FromFolder(Path.GetFullPath(path, folder))).FirstOrDefault(engine => engine is not null) ?? FromText(texts);

    /// <summary>The engine whose words are clearly in the majority.</summary>
    public static DatabaseEngine? FromText(IEnumerable<string> texts)
    {
        int[] score = new int[3];
        foreach (string text in texts)
        {
            foreach ((DatabaseEngine engine, string word) in Signs)
            {
                score[(int)engine] += text.Contains(word, StringComparison.OrdinalIgnoreCase) ? 1 : 0;
            }
        }

        int best = Array.IndexOf(score, score.Max());
        bool clear = score.Where((points, engine) => engine != best).All(points => score[best] >= (points * 2) + 1);
        return clear ? (DatabaseEngine)best : null;
    }

    private static DatabaseEngine? FromFolder(string path)
    {
        string? folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path);
        for (int up = 0; up < 3 && folder is not null; up++, folder = Path.GetDirectoryName(folder))
        {
            foreach (string name in (string[])["migration_lock.toml", "schema.prisma"])
            {
                string file = Path.Combine(folder, name);
                if (File.Exists(file) && FromProvider(MigrationFile.ReadText(file)) is { } engine)
                {
                    return engine;
                }
            }
        }

        return null;
    }

    // In schema.prisma the generator block has a provider too; only the engines' names count.
    private static DatabaseEngine? FromProvider(string text)
    {
        foreach (string line in text.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith("provider", StringComparison.Ordinal) && line.Split('"') is [_, var value, ..])
            {
                DatabaseEngine? engine = value switch
                {
                    "sqlite" => DatabaseEngine.Sqlite,
                    "postgresql" or "postgres" or "cockroachdb" => DatabaseEngine.PostgreSql,
                    "sqlserver" => DatabaseEngine.SqlServer,
                    _ => null,
                };
                if (engine is not null)
                {
                    return engine;
                }
            }
        }

        return null;
    }
}
