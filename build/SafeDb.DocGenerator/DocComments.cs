using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace SafeDb.DocGenerator;

/// <summary>The summaries of the compiler's documentation file, as plain text.</summary>
internal sealed partial class DocComments
{
    private readonly Dictionary<string, XElement> _members;

    private DocComments(Dictionary<string, XElement> members) => _members = members;

    public static DocComments Read(string path) => new(XDocument.Load(path).Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal));

    /// <summary>The summary of a property, also one that a base class declares.</summary>
    public string? Summary(Type declaring, string property)
    {
        for (Type? type = declaring; type is not null; type = type.BaseType)
        {
            if (_members.TryGetValue($"P:{type.FullName?.Split('[')[0]}.{property}", out XElement? member) && member.Element("summary") is { } summary)
            {
                return Text(summary);
            }
        }

        return null;
    }

    private static string Text(XElement element) => Blanks().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "paramref" } reference => Reference(reference),
        XElement inner => Text(inner),
        _ => string.Empty,
    };

    private static string Reference(XElement reference)
    {
        string target = (string?)reference.Attribute("cref") ?? (string?)reference.Attribute("langword") ?? (string?)reference.Attribute("name") ?? reference.Value;
        return target[(target.LastIndexOf('.') + 1)..];
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
