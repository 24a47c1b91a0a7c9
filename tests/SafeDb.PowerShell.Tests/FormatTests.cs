using System.Reflection;
using System.Xml.Linq;

namespace SafeDb.PowerShell.Tests;

/// <summary>Every result has a table, and a table shows properties that exist.</summary>
public sealed class FormatTests
{
    private static readonly XDocument Format = XDocument.Load(Path.Combine(Repository.Root, "module", "SafeDb.Format.ps1xml"));

    [Fact]
    public void Every_output_type_has_a_table_view()
    {
        string[] viewed = [.. Format.Descendants("View").Where(view => view.Element("TableControl") is not null).SelectMany(view => view.Descendants("TypeName")).Select(name => name.Value)];
        Assert.All(
            Repository.Cmdlets.SelectMany(cmdlet => cmdlet.OutputTypes).Where(type => type.Namespace == "SafeDb").Distinct(),
            type => Assert.Contains(type.FullName!, viewed));
    }

    [Fact]
    public void Every_shown_property_exists()
    {
        Assembly core = typeof(Errors.SafeDbError).Assembly;
        foreach (XElement view in Format.Descendants("View"))
        {
            Type type = core.GetType(view.Descendants("TypeName").First().Value.Split('#')[0], throwOnError: true)!;
            Assert.All(view.Descendants("PropertyName"), property => Assert.True(type.GetProperty(property.Value) is not null, $"{type}.{property.Value}"));
        }
    }

    [Fact]
    public void Every_table_has_as_many_headers_as_columns() =>
        Assert.All(Format.Descendants("TableControl"), table =>
            Assert.Equal(table.Descendants("TableColumnHeader").Count(), table.Descendants("TableColumnItem").Count()));
}
