using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Engines;
using SafeDb.Schema;

namespace SafeDb.Cli.Tests;

public sealed class TextViewTests
{
    private static readonly SchemaDifference[] Differences =
    [
        new() { Change = SchemaChange.Added, Kind = "table", Identity = "reviews", Database = "shop", Reference = "ref" },
        new() { Change = SchemaChange.Removed, Kind = "index", Identity = "orders [red]_x[/]", Database = "shop", Reference = "ref" },
    ];

    [Fact]
    public void A_list_is_an_aligned_table_without_a_terminal() =>
        Assert.Equal("Change   Kind   Identity\nAdded    table  reviews\nRemoved  index  orders [red]_x[/]\n", View(terminal: false).Render(Differences));

    [Fact]
    public void A_terminal_gets_borders_and_names_are_never_taken_for_markup()
    {
        string shown = View(terminal: true).Render(Differences);
        Assert.Contains("╭", shown, StringComparison.Ordinal);
        Assert.Contains("orders [red]_x[/]", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void An_object_is_a_list_of_its_properties_that_say_something()
    {
        string shown = View(terminal: false).Render(Differences[0]);
        Assert.Contains("Identity   : reviews\n", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Expected", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_inside_a_record_is_a_list_of_its_own_and_never_its_name_in_braces()
    {
        string shown = View(terminal: false).Render(new Whole("shop", new Part(3, "x")));
        Assert.Equal("Title : shop\n\nPart:\n  Count : 3\n  Name  : x\n", shown);
        Assert.Contains("Count 3, Name x", View(terminal: false).Render(new[] { new Whole("shop", new Part(3, "x")) }), StringComparison.Ordinal);
    }

    private sealed record Whole(string Title, Part Part);

    private sealed record Part(int Count, string Name);

    private static TextView View(bool terminal) => new(new CliHost
    {
        Out = TextWriter.Null, Error = TextWriter.Null, In = TextReader.Null, Folder = ".", Variable = _ => null, OutIsTerminal = terminal, Width = 80,
        Engine = new Lazy<SafeDbEngine>(Composition.Create),
    });
}
