namespace SafeDb.Risk.Input;

/// <summary>Knows by their names which files take others back.</summary>
internal static class WayBackFiles
{
    private static readonly string[] Suffixes = [".down.sql", ".undo.sql", ".rollback.sql", "_down.sql", "-down.sql"];

    /// <summary>Whether a file is a way back: <c>x.down.sql</c>, <c>down.sql</c>, Flyway's <c>U1__x.sql</c>.</summary>
    public static bool IsWayBack(string path)
    {
        string name = Path.GetFileName(path);
        return name.Equals("down.sql", StringComparison.OrdinalIgnoreCase) || name.Equals("rollback.sql", StringComparison.OrdinalIgnoreCase)
            || Suffixes.Any(suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            || (name.Length > 2 && name[0] == 'U' && char.IsAsciiDigit(name[1]) && name.Contains("__", StringComparison.Ordinal));
    }

    /// <summary>Whether a way back stands beside a file.</summary>
    /// <param name="full">The file.</param>
    /// <param name="exists">Whether a file of a full name exists.</param>
    public static bool Beside(string full, Func<string, bool> exists)
    {
        string folder = Path.GetDirectoryName(full) ?? ".";
        string name = Path.GetFileName(full);
        if (name is "up.sql" or "migration.sql")
        {
            return exists(Path.Combine(folder, "down.sql")) || exists(Path.Combine(folder, "rollback.sql"));
        }

        string stem = name.EndsWith(".up.sql", StringComparison.OrdinalIgnoreCase) ? name[..^7] : name[..^4];
        return Suffixes.Any(suffix => exists(Path.Combine(folder, stem + suffix)))
            || (stem.EndsWith("_up", StringComparison.OrdinalIgnoreCase) && exists(Path.Combine(folder, $"{stem[..^3]}_down.sql")))
            || (stem.Length > 1 && stem[0] == 'V' && exists(Path.Combine(folder, $"U{stem[1..]}.sql")));
    }

    /// <summary>
    /// Whether golang-migrate runs a file: <c>7_name.up.sql</c> in a Go module. Other tools use the same names (sqlx, which wraps each file in a transaction), so the name alone says nothing.
    /// </summary>
    public static bool IsGolangMigrate(string full)
    {
        string name = Path.GetFileName(full);
        if (!name.EndsWith(".up.sql", StringComparison.OrdinalIgnoreCase) || !char.IsAsciiDigit(name[0]))
        {
            return false;
        }

        for (string? folder = Path.GetDirectoryName(full); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "go.mod")))
            {
                return true;
            }

            if (File.Exists(Path.Combine(folder, "Cargo.toml")) || Directory.Exists(Path.Combine(folder, ".git")))
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>Whether a file is laid out as Prisma Migrate does.</summary>
    public static bool IsPrisma(string full) =>
        Path.GetFileName(full) == "migration.sql" && Path.GetDirectoryName(Path.GetDirectoryName(full)) is { } migrations && File.Exists(Path.Combine(migrations, "migration_lock.toml"));
}
