using SafeDb.Errors;

namespace SafeDb;

/// <summary>Texts of several origins put together: what an engine says often ends without a full stop.</summary>
public static class Sentences
{
    private const string Ends = ".!?:;…";

    /// <summary>The text, with a full stop where it has no end of its own.</summary>
    public static string Ended(string text)
    {
        string trimmed = text.TrimEnd();
        return trimmed.Length == 0 || Ends.Contains(trimmed[^1], StringComparison.Ordinal) ? trimmed : trimmed + ".";
    }

    /// <summary>One sentence after the other; the first gets the full stop that it lacks.</summary>
    public static string Join(string first, string second) => $"{Ended(first)} {second}".TrimStart();

    /// <summary>What happened, and what to do.</summary>
    public static string WithAdvice(SafeDbError error) => Join(error.Message, error.RecommendedAction);
}
