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

    /// <summary>In a list PowerShell shows what a property holds by its text; that of a record without one of its own is its source code.</summary>
    [Fact]
    public void What_results_hold_says_itself_how_it_reads()
    {
        IEnumerable<Type> held = Repository.Cmdlets.SelectMany(cmdlet => cmdlet.OutputTypes).Where(type => type.Namespace == "SafeDb").Distinct()
            .SelectMany(type => type.GetProperties()).Select(property => property.PropertyType)
            .Select(type => type.IsGenericType && type.Name.StartsWith("IReadOnlyList", StringComparison.Ordinal) ? type.GetGenericArguments()[0] : type)
            .Where(type => type.Namespace!.StartsWith("SafeDb", StringComparison.Ordinal) && !type.IsEnum).Distinct();
        Assert.All(held, type => Assert.False(type.GetMethod(nameof(ToString), Type.EmptyTypes)!.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false), type.FullName));
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

    /// <summary>A console of 80 columns shows every heading whole; only a last, wide column may be left out there, as PowerShell does by itself.</summary>
    [Fact]
    public void Every_table_fits_80_columns() =>
        Assert.All(Format.Descendants("TableControl"), table =>
        {
            string view = table.Parent!.Element("Name")!.Value;
            string[] labels = [.. table.Descendants("TableColumnItem").Zip(table.Descendants("TableColumnHeader"), (item, header) => header.Element("Label")?.Value ?? item.Element("PropertyName")!.Value)];
            int?[] widths = [.. table.Descendants("TableColumnHeader").Select(header => (int?)header.Element("Width"))];
            int shown = widths[^1] > 40 ? widths.Length - 1 : widths.Length;
            int fixedWidth = widths.Take(shown).Sum() ?? 0;
            int[] flexible = [.. Enumerable.Range(0, shown).Where(i => widths[i] is null).Select(i => labels[i].Length)];
            int left = 80 - fixedWidth - (shown - 1);
            Assert.True(left >= 0 && flexible.All(label => label <= left / flexible.Length), $"{view}: {left} columns are left for {flexible.Length}");
            Assert.All(Enumerable.Range(0, shown).Where(i => widths[i] is not null), i => Assert.True(labels[i].Length <= widths[i], $"{view}.{labels[i]}"));
        });

    [Fact]
    public void Every_table_has_as_many_headers_as_columns() =>
        Assert.All(Format.Descendants("TableControl"), table =>
            Assert.Equal(table.Descendants("TableColumnHeader").Count(), table.Descendants("TableColumnItem").Count()));
}
