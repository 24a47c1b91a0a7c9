using System.Globalization;
using System.Text;

namespace SafeDb.Readiness;

/// <summary>The checklist as Markdown, for a ticket, a wiki or a pipeline's summary.</summary>
public static class ReadinessMarkdown
{
    /// <summary>Writes the checklist.</summary>
    public static string Of(string database, IReadOnlyList<ReadinessItem> items)
    {
        int failed = items.Count(item => !item.Passed);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Readiness of {Escaped(database)}\n\n");
        text.Append(failed == 0 ? "**Ready**: every item passed." : $"**Not ready**: {failed} of {Counted.Of(items.Count, "item")} failed.");
        text.Append(CultureInfo.InvariantCulture, $" Checked {items.Max(item => item.CheckedAt).UtcDateTime:yyyy-MM-dd HH:mm:ss}Z.\n\n| | Item | Question | Evidence |\n|---|---|---|---|\n");
        foreach (ReadinessItem item in items)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {(item.Passed ? "✅" : "❌")} | `{item.Item}` | {Escaped(item.Question)} | {Escaped(item.Evidence)} |\n");
        }

        foreach (ReadinessItem item in items.Where(item => !item.Passed))
        {
            text.Append(CultureInfo.InvariantCulture, $"{(item == items.First(other => !other.Passed) ? "\n## To do\n\n" : string.Empty)}- `{item.Item}`: {Escaped(item.Advice!)}\n");
        }

        return text.ToString();
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
