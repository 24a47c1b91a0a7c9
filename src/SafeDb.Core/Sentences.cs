namespace SafeDb;

/// <summary>Texts that people read, put together from parts of which some are an engine's own.</summary>
public static class Sentences
{
    /// <summary>One sentence after the other; the first gets the full stop that it lacks.</summary>
    public static string Join(string first, string second) => $"{first}{(first.Length == 0 || first[^1] is '.' or '!' or '?' or ':' ? "" : ".")} {second}".TrimStart();
}
