using System.Collections;
using System.Reflection;
using System.Text;

using SafeDb.Cli.Hosting;

using Spectre.Console;

namespace SafeDb.Cli.Output;

/// <summary>Results as text: one object as a list of its properties, several as a table. Plain, aligned columns unless the output is a terminal.</summary>
/// <param name="host">Where it goes.</param>
internal sealed class TextView(CliHost host)
{
    /// <summary>An object or a list of objects.</summary>
    public string Render(object document) => document is IEnumerable items and not string
        ? Table([.. items.Cast<object>()])
        : List(document);

    /// <summary>The properties of an object that say something, one a line. Lists of records become tables below.</summary>
    public string List(object item)
    {
        PropertyInfo[] properties = [.. Readable(item.GetType())];
        var text = new StringBuilder();
        var below = new StringBuilder();
        int width = properties.Max(property => property.Name.Length);
        foreach (PropertyInfo property in properties)
        {
            object? value = property.GetValue(item);
            if (value is IEnumerable list and not string and not IDictionary && list.Cast<object?>().FirstOrDefault() is { } first && IsRecord(first.GetType()))
            {
                below.Append('\n').Append(property.Name).Append(":\n").Append(Table([.. list.Cast<object>()]));
            }
            else if (value is not null && ValueText.HasParts(value.GetType()))
            {
                below.Append('\n').Append(property.Name).Append(":\n").Append(Indented(List(value)));
            }
            else if (ValueText.Of(value) is { Length: > 0 } shown)
            {
                text.Append(property.Name.PadRight(width)).Append(" : ").Append(shown.ReplaceLineEndings("\n" + new string(' ', width + 3))).Append('\n');
            }
        }

        return text.Append(below).ToString();
    }

    /// <summary>A table with the columns of <see cref="TableColumns"/>.</summary>
    public string Table(IReadOnlyList<object> rows)
    {
        if (rows.Count == 0)
        {
            return string.Empty;
        }

        Type type = rows[0].GetType();
        IReadOnlyList<string> columns = [.. TableColumns.Of(type).Where(name => !TableColumns.IsOptional(name) || rows.Any(row => ValueText.Of(type.GetProperty(name)!.GetValue(row)).Length > 0))];
        PropertyInfo[] properties = [.. columns.Select(name => type.GetProperty(name)!)];
        string[][] cells = [.. rows.Select(row => properties.Select(property => TableColumns.Cell(property.Name, ValueText.Of(property.GetValue(row)).ReplaceLineEndings(" "))).ToArray())];
        bool[] right = [.. properties.Select(property => IsNumber(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType))];
        return host.OutIsTerminal ? Bordered(columns, cells, right) : Plain(columns, cells, right);
    }

    private static string Indented(string text) => string.Concat(text.TrimEnd('\n').Split('\n').Select(line => line.Length == 0 ? "\n" : $"  {line}\n"));

    private static string Plain(IReadOnlyList<string> columns, string[][] cells, bool[] right)
    {
        int[] widths = [.. columns.Select((name, index) => Math.Max(name.Length, cells.Max(row => row[index].Length)))];
        var text = new StringBuilder();
        foreach (IReadOnlyList<string> row in cells.Prepend([.. columns]))
        {
            text.AppendJoin("  ", row.Select((cell, index) => right[index] ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index])));
            while (text[^1] == ' ')
            {
                text.Length--;
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private string Bordered(IReadOnlyList<string> columns, string[][] cells, bool[] right)
    {
        using var buffer = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.Standard, Out = new AnsiConsoleOutput(buffer) });
        console.Profile.Width = host.Width;
        var table = new Table { Border = TableBorder.Rounded };
        for (int i = 0; i < columns.Count; i++)
        {
            var column = new TableColumn($"[bold]{Markup.Escape(columns[i])}[/]");
            table.AddColumn(right[i] ? column.RightAligned() : column);
        }

        foreach (string[] row in cells)
        {
            table.AddRow([.. row.Select(cell => Styled(cell))]);
        }

        console.Write(table);
        return buffer.ToString();
    }

    private static Markup Styled(string cell) => cell switch
    {
        "Dangerous" or "Failed" => new Markup($"[red]{cell}[/]"),
        "Risky" or "Partial" or "Filtered" => new Markup($"[yellow]{cell}[/]"),
        "Safe" or "Passed" => new Markup($"[green]{cell}[/]"),
        _ => new Markup(Markup.Escape(cell)),
    };

    private static IEnumerable<PropertyInfo> Readable(Type type) =>
        ValueText.Parts(type).Where(property => !(type.Name == "MigrationRun" && property.Name == "Events")); // the timeline is in the evidence

    private static bool IsRecord(Type type) => type.Namespace?.StartsWith("SafeDb", StringComparison.Ordinal) == true && !type.IsEnum;

    private static bool IsNumber(Type type) => type == typeof(int) || type == typeof(long) || type == typeof(double);
}
