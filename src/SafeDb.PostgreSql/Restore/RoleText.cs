using System.Text.RegularExpressions;

using SafeDb.Archive;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Roles that the definition of an object itself names, so that it cannot be made without them.</summary>
internal static partial class RoleText
{
    /// <summary>The roles of a policy or a user mapping; none for every other object.</summary>
    public static IEnumerable<string> Of(SchemaObject item)
    {
        Match match = item.Kind switch
        {
            "policy" => Policy().Match(item.Definition),
            "user mapping" => Mapping().Match(item.Definition),
            _ => Match.Empty,
        };
        return match.Groups["role"].Captures.Select(role => role.Value).Where(role => role != "PUBLIC").Select(QualifiedName.Unquote);
    }

    [GeneratedRegex(
        $@"^CREATE POLICY {ConstraintText.Name} ON {ConstraintText.Name}(?:\.{ConstraintText.Name})?(?: AS RESTRICTIVE)?(?: FOR \w+)? TO (?<role>{ConstraintText.Name})(?:, (?<role>{ConstraintText.Name}))*[ ;]",
        RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Policy();

    [GeneratedRegex($@"^CREATE USER MAPPING FOR (?<role>{ConstraintText.Name}) SERVER ", RegexOptions.CultureInvariant, 2000)]
    private static partial Regex Mapping();
}
