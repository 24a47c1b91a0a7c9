using System.Xml.Linq;

namespace SafeDb.DocGenerator;

/// <summary>Writes the help file that <c>Get-Help</c> reads beside the cmdlets' assembly.</summary>
internal sealed class MamlWriter(DocComments comments)
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private static readonly XNamespace Shell = "http://msh";

    private readonly XElement _root = new(Shell + "helpItems", new XAttribute("schema", "maml"));
    private readonly List<string> _problems = [];

    public IReadOnlyList<string> Problems => _problems;

    public void Add(CmdletFacts cmdlet, HelpPage page)
    {
        Check(cmdlet, page);
        IEnumerable<ParameterFacts> parameters = cmdlet.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal);
        _root.Add(new XElement(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Command + "details",
                new XElement(Command + "name", cmdlet.Name),
                new XElement(Command + "verb", cmdlet.Verb),
                new XElement(Command + "noun", cmdlet.Noun),
                Text("description", [page.Synopsis])),
            Text("description", page.Description),
            new XElement(Command + "syntax", SetsOf(cmdlet).Select(set => Syntax(cmdlet, set))),
            new XElement(Command + "parameters", parameters.Select(parameter => Parameter(cmdlet, parameter, parameter.Sets[0])), Common(cmdlet)),
            new XElement(Command + "inputTypes", page.Inputs.Select(input => Typed(Command + "inputType", input))),
            new XElement(Command + "returnValues", page.Outputs.Select(output => Typed(Command + "returnValue", output))),
            new XElement(Maml + "alertSet", new XElement(Maml + "alert", page.Notes.Select(Para))),
            new XElement(Command + "examples", page.Examples.Select(Example)),
            new XElement(Command + "relatedLinks", Link(cmdlet))));
    }

    public void Save(string path) => new XDocument(new XDeclaration("1.0", "utf-8", null), _root).Save(path);

    private void Check(CmdletFacts cmdlet, HelpPage page)
    {
        void Require(bool holds, string what)
        {
            if (!holds)
            {
                _problems.Add($"docs/help/{cmdlet.Name}.md: error HELP002: {what}");
            }
        }

        Require(page.Name == cmdlet.Name, $"the heading must be '# {cmdlet.Name}'.");
        Require(page.Synopsis.Length > 0, "there is no synopsis under the heading.");
        Require(page.Description.Count > 0, "there is no '## Description'.");
        Require(page.Examples.Count >= 2, "there must be at least two examples.");
        Require(page.Examples.All(example => example.Code.Length > 0 && example.Remarks.Count > 0), "every example needs a fenced block and a sentence.");
        Require(page.Outputs.Count > 0, "there is no '## Outputs'.");
        foreach (ParameterFacts parameter in cmdlet.Parameters)
        {
            Require(comments.Summary(cmdlet.Type, parameter.Name) is { Length: > 0 }, $"the parameter {parameter.Name} has no documentation comment.");
        }
    }

    private static IReadOnlyList<string> SetsOf(CmdletFacts cmdlet)
    {
        string[] named = [.. cmdlet.Parameters.SelectMany(parameter => parameter.Sets).Select(set => set.Set).OfType<string>().Distinct(StringComparer.Ordinal)];
        return named.Length == 0 ? [string.Empty] : [.. named.OrderBy(set => set == cmdlet.DefaultParameterSet ? 0 : 1)];
    }

    private XElement Syntax(CmdletFacts cmdlet, string set)
    {
        var usable = cmdlet.Parameters
            .Select(parameter => (Parameter: parameter, Set: parameter.Sets.FirstOrDefault(item => item.Set is null || item.Set == set)))
            .Where(item => item.Set is not null)
            .OrderBy(item => item.Set!.Position ?? int.MaxValue)
            .ThenBy(item => item.Set!.Mandatory ? 0 : 1);
        return new XElement(
            Command + "syntaxItem",
            new XElement(Maml + "name", cmdlet.Name),
            usable.Select(item => Parameter(cmdlet, item.Parameter, item.Set!)),
            Common(cmdlet));
    }

    // PowerShell adds them to a cmdlet that changes something; a help file that does not name them hides them from SYNTAX.
    private static IEnumerable<XElement> Common(CmdletFacts cmdlet) => !cmdlet.SupportsShouldProcess ? [] :
    [
        Switch("WhatIf", "wi", "Shows what would be done, and does nothing."),
        Switch("Confirm", "cf", "Asks before anything is done; -Confirm:$false answers yes."),
    ];

    private static XElement Switch(string name, string alias, string description) => new(
        Command + "parameter",
        new XAttribute("required", "false"),
        new XAttribute("variableLength", "false"),
        new XAttribute("globbing", "false"),
        new XAttribute("pipelineInput", "false"),
        new XAttribute("position", "named"),
        new XAttribute("aliases", alias),
        new XElement(Maml + "name", name),
        Text("description", [description]),
        new XElement(Dev + "type", new XElement(Maml + "name", "SwitchParameter")),
        new XElement(Dev + "defaultValue", "False"));

    private XElement Parameter(CmdletFacts cmdlet, ParameterFacts parameter, ParameterSetFacts set)
    {
        string pipeline = (set.FromPipeline, set.FromPipelineByName) switch
        {
            (true, true) => "true (ByValue, ByPropertyName)",
            (true, false) => "true (ByValue)",
            (false, true) => "true (ByPropertyName)",
            _ => "false",
        };
        string type = parameter.Type.Name == "SwitchParameter" ? "SwitchParameter" : parameter.Type.Name;
        return new XElement(
            Command + "parameter",
            new XAttribute("required", set.Mandatory ? "true" : "false"),
            new XAttribute("variableLength", parameter.Type.IsArray ? "true" : "false"),
            new XAttribute("globbing", parameter.SupportsWildcards ? "true" : "false"),
            new XAttribute("pipelineInput", pipeline),
            new XAttribute("position", set.Position is { } position && position >= 0 ? position.ToString(System.Globalization.CultureInfo.InvariantCulture) : "named"),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            Text("description", [comments.Summary(cmdlet.Type, parameter.Name) ?? string.Empty]),
            parameter.IsSwitch ? null : new XElement(Command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", "false"), type),
            parameter.Type.IsEnum
                ? new XElement(Command + "parameterValueGroup", parameter.Type.GetEnumNames().Select(name => new XElement(Command + "parameterValue", new XAttribute("required", "true"), name)))
                : null,
            new XElement(Dev + "type", new XElement(Maml + "name", type)),
            new XElement(Dev + "defaultValue", parameter.IsSwitch ? "False" : "None"));
    }

    private static XElement Typed(XName name, string text)
    {
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        (string type, string description) = colon < 0 ? (text, string.Empty) : (text[..colon].TrimStart('-', ' '), text[(colon + 2)..]);
        return new XElement(name, new XElement(Dev + "type", new XElement(Maml + "name", type)), Text("description", [description]));
    }

    private static XElement Example(HelpExample example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", $"Example {index + 1}: {example.Title}"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", example.Remarks.Select(Para)));

    private static XElement? Link(CmdletFacts cmdlet) => cmdlet.HelpUri is null
        ? null
        : new XElement(Maml + "navigationLink", new XElement(Maml + "linkText", "Online"), new XElement(Maml + "uri", cmdlet.HelpUri));

    private static XElement Text(string name, IEnumerable<string> paragraphs) => new(Maml + name, paragraphs.Select(Para));

    private static XElement Para(string text) => new(Maml + "para", text);
}
