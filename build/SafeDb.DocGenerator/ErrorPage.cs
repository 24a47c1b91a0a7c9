using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SafeDb.DocGenerator;

/// <summary>Writes <c>docs/errors.md</c> from the error catalogue.</summary>
internal static partial class ErrorPage
{
    /// <summary>Renders definitions (objects with Id, Kind, MessageFormat, RecommendedAction), grouped by area.</summary>
    public static string Render(IEnumerable<object> definitions)
    {
        var page = new StringBuilder();
        page.Append("# Errors\n\nEvery error has a stable id: the end of `FullyQualifiedErrorId` in PowerShell, `error.id` in the JSON of `safedb`.\n")
            .Append("Scripts should test the id, never the text. Written by `build.ps1 -Task Docs`; do not edit.\n");
        foreach (IGrouping<string, object> area in definitions.OrderBy(item => Value(item, "Id"), StringComparer.Ordinal).GroupBy(item => Value(item, "Id").Split('.')[0], StringComparer.Ordinal))
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {area.Key}\n");
            foreach (object item in area)
            {
                page.Append(CultureInfo.InvariantCulture, $"\n### {Value(item, "Id")}\n\n{Message(Value(item, "MessageFormat"))}\n\n")
                    .Append(CultureInfo.InvariantCulture, $"- Kind: {Value(item, "Kind")}\n- What to do: {Value(item, "RecommendedAction")}\n");
            }
        }

        return page.ToString();
    }

    private static string Value(object item, string property) => item.GetType().GetProperty(property)!.GetValue(item)!.ToString()!;

    private static string Message(string format) => Placeholder().Replace(format, "…");

    [GeneratedRegex(@"\{\d+(?::[^}]*)?\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
