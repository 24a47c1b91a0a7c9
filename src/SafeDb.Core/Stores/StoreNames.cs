namespace SafeDb.Stores;

/// <summary>The rules for names in a store, the same for all of them.</summary>
public static class StoreNames
{
    /// <summary>Ending that an archive's verification record adds to its name.</summary>
    public const string VerifiedSuffix = ".verified.json";

    private const int MaxLength = 200;

    /// <summary>Fails unless the name is a plain file name on every system.</summary>
    public static void Require(string name)
    {
        bool valid = name.Length is > 0 and <= MaxLength && name[0] != '.' && name[^1] is not ('.' or ' ') && name.All(IsAllowed);
        if (!valid) throw FolderErrors.NameInvalid.Exception(Printable(name));
    }

    /// <summary>Whether a file is a sidecar of this archive.</summary>
    public static bool IsSidecar(string archive, string file) =>
        file.StartsWith(archive + ".", StringComparison.Ordinal) && file.EndsWith(".json", StringComparison.Ordinal);

    private static bool IsAllowed(char c) => !char.IsControl(c) && !char.IsSurrogate(c) && "/\\:*?\"<>|".IndexOf(c, StringComparison.Ordinal) < 0;

    private static string Printable(string name) =>
        new([.. name.Take(MaxLength).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
}
