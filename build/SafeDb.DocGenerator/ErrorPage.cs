using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using System.Text.RegularExpressions;

namespace SafeDb.DocGenerator;

/// <summary>Writes <c>docs/errors.md</c> from the error catalogue of every SafeDb assembly in a folder.</summary>
internal static partial class ErrorPage
{
    private static readonly string[] FrontEnds = ["SafeDb.PowerShell.dll", "SafeDb.Loader.dll", "SafeDb.DocGenerator.dll"];

    public static string Of(string folder)
    {
        var context = new AssemblyLoadContext("errors");
        context.Resolving += (_, name) =>
        {
            string path = Path.Combine(folder, name.Name + ".dll");
            return File.Exists(path) ? context.LoadFromAssemblyPath(Path.GetFullPath(path)) : null;
        };
        Assembly core = context.LoadFromAssemblyPath(Path.GetFullPath(Path.Combine(folder, "SafeDb.Core.dll")));
        MethodInfo read = core.GetType("SafeDb.Errors.ErrorCatalog", throwOnError: true)!.GetMethod("Of", [typeof(Assembly)])!;
        IEnumerable<object> definitions = Directory.EnumerateFiles(folder, "SafeDb.*.dll")
            .Where(path => !FrontEnds.Contains(Path.GetFileName(path), StringComparer.Ordinal))
            .Order(StringComparer.Ordinal)
            .SelectMany(path => ((IEnumerable)read.Invoke(null, [context.LoadFromAssemblyPath(Path.GetFullPath(path))])!).Cast<object>());
        return Render(definitions);
    }

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
