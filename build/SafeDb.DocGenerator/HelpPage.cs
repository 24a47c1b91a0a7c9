namespace SafeDb.DocGenerator;

/// <summary>
/// A cmdlet's help source: a heading with its name, the synopsis, then <c>## Description</c>, <c>## Examples</c> (one <c>### title</c> with a fenced block each),
/// <c>## Inputs</c>, <c>## Outputs</c>, <c>## Notes</c>. Parameters are described by the documentation comments in the code.
/// </summary>
internal sealed record HelpPage(string Name, string Synopsis)
{
    public IReadOnlyList<string> Description { get; init; } = [];

    public IReadOnlyList<HelpExample> Examples { get; init; } = [];

    public IReadOnlyList<string> Inputs { get; init; } = [];

    public IReadOnlyList<string> Outputs { get; init; } = [];

    public IReadOnlyList<string> Notes { get; init; } = [];

    public static HelpPage Parse(string markdown)
    {
        string[] lines = markdown.ReplaceLineEndings("\n").Split('\n');
        Dictionary<string, List<string>> sections = new(StringComparer.Ordinal) { ["Synopsis"] = [] };
        List<string> current = sections["Synopsis"];
        bool fenced = false;
        foreach (string line in lines)
        {
            fenced ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!fenced && line.StartsWith("## ", StringComparison.Ordinal))
            {
                sections[line[3..].Trim()] = current = [];
            }
            else
            {
                current.Add(line);
            }
        }

        List<string> head = sections["Synopsis"];
        IReadOnlyList<string> Of(string name) => sections.TryGetValue(name, out List<string>? found) ? Paragraphs(found) : [];
        return new HelpPage(head[0].TrimStart('#', ' '), string.Join(' ', Paragraphs(head.Skip(1))))
        {
            Description = Of("Description"),
            Inputs = Of("Inputs"),
            Outputs = Of("Outputs"),
            Notes = Of("Notes"),
            Examples = sections.TryGetValue("Examples", out List<string>? examples) ? HelpExample.ParseAll(examples) : [],
        };
    }

    /// <summary>Joins wrapped lines; list items and table rows stay lines of their own.</summary>
    internal static IReadOnlyList<string> Paragraphs(IEnumerable<string> lines)
    {
        var paragraphs = new List<string>();
        bool open = false;
        foreach (string line in lines)
        {
            string text = Plain(line.Trim());
            bool item = text.StartsWith("- ", StringComparison.Ordinal) || text.StartsWith('|');
            if (text.Length == 0)
            {
                open = false;
            }
            else if (open && !item)
            {
                paragraphs[^1] += " " + text;
            }
            else
            {
                paragraphs.Add(text);
                open = true;
            }
        }

        return paragraphs;
    }

    private static string Plain(string text) => text.Replace("`", string.Empty, StringComparison.Ordinal).Replace("**", string.Empty, StringComparison.Ordinal);
}

/// <summary>An example: its title, its lines, and what it shows.</summary>
internal sealed record HelpExample(string Title, string Code, IReadOnlyList<string> Remarks)
{
    public static IReadOnlyList<HelpExample> ParseAll(IEnumerable<string> lines)
    {
        var examples = new List<HelpExample>();
        string title = string.Empty;
        List<string> code = [], remarks = [];
        bool fenced = false;
        void Close()
        {
            if (title.Length > 0)
            {
                examples.Add(new HelpExample(title, string.Join('\n', code), HelpPage.Paragraphs(remarks)));
            }
        }

        foreach (string line in lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                fenced = !fenced;
            }
            else if (fenced)
            {
                code.Add(line);
            }
            else if (line.StartsWith("### ", StringComparison.Ordinal))
            {
                Close();
                (title, code, remarks) = (line[4..].Trim(), [], []);
            }
            else
            {
                remarks.Add(line);
            }
        }

        Close();
        return examples;
    }
}
