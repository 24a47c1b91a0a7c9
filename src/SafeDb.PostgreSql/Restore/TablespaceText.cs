using System.Text.RegularExpressions;

using SafeDb.Archive;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>The tablespace that single objects lie in, apart from the database's own.</summary>
internal static partial class TablespaceText
{
    /// <summary>The tablespaces that objects of an archive are put into, each once.</summary>
    public static IEnumerable<string> All(ArchiveManifest manifest) =>
        manifest.SchemaObjects.Where(item => item.Kind == "tablespace").Select(Of).OfType<string>().Distinct(StringComparer.Ordinal);

    private static string? Of(SchemaObject item) => Move().Match(item.Definition) is { Success: true } move ? QualifiedName.Unquote(move.Groups["name"].Value) : null;

    [GeneratedRegex($@" SET TABLESPACE (?<name>{ConstraintText.Name});$", RegexOptions.CultureInvariant | RegexOptions.RightToLeft, 2000)]
    private static partial Regex Move();
}
