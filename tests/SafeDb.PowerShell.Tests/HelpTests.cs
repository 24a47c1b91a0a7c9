using System.Xml.Linq;

using SafeDb.DocGenerator;

namespace SafeDb.PowerShell.Tests;

/// <summary>The generated help file covers every cmdlet and parameter.</summary>
public sealed class HelpTests
{
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";

    private static readonly Lazy<XDocument> Help = new(() => XDocument.Load(Path.Combine(Repository.ModuleBin, "en-US", "SafeDb.PowerShell.dll-Help.xml")));

    public static TheoryData<string> Names => Repository.CmdletNames;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_parameter_is_described(string name)
    {
        XElement help = CommandOf(name);
        var described = help.Element(Command + "parameters")!.Elements(Command + "parameter")
            .ToDictionary(item => item.Element(Maml + "name")!.Value, item => item.Element(Maml + "description")!.Value, StringComparer.Ordinal);
        CmdletFacts cmdlet = Repository.Cmdlet(name);
        string[] common = cmdlet.SupportsShouldProcess ? ["WhatIf", "Confirm"] : [];
        Assert.Equal(cmdlet.Parameters.Select(parameter => parameter.Name).Concat(common).Order(StringComparer.Ordinal), described.Keys.Order(StringComparer.Ordinal));
        Assert.All(help.Element(Command + "syntax")!.Elements(), syntax => Assert.Equal(common, syntax.Elements(Command + "parameter").Select(item => item.Element(Maml + "name")!.Value).Where(item => item is "WhatIf" or "Confirm")));
        Assert.All(described, item => Assert.True(item.Value.Length >= 12, $"-{item.Key}: '{item.Value}'"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void There_are_a_synopsis_a_description_outputs_and_two_examples(string name)
    {
        XElement help = CommandOf(name);
        Assert.NotEmpty(help.Element(Command + "details")!.Element(Maml + "description")!.Value);
        Assert.NotEmpty(help.Element(Maml + "description")!.Value);
        Assert.NotEmpty(help.Element(Command + "returnValues")!.Elements());
        XElement[] examples = [.. help.Element(Command + "examples")!.Elements()];
        Assert.True(examples.Length >= 2);
        Assert.All(examples, example => Assert.Contains(name, example.Value, StringComparison.Ordinal));
    }

    [Fact]
    public void There_is_a_syntax_for_every_parameter_set()
    {
        Assert.All(Repository.Cmdlets, cmdlet =>
        {
            int sets = Math.Max(1, cmdlet.Parameters.SelectMany(parameter => parameter.Sets).Select(set => set.Set).OfType<string>().Distinct(StringComparer.Ordinal).Count());
            Assert.Equal(sets, CommandOf(cmdlet.Name).Element(Command + "syntax")!.Elements().Count());
        });
    }

    [Fact]
    public void About_topics_are_staged() =>
        Assert.All(
            ["about_SafeDb", "about_SafeDb_Safety", "about_SafeDb_Rules", "about_SafeDb_Runbooks"],
            (string topic) => Assert.True(new FileInfo(Path.Combine(Repository.ModuleBin, "en-US", topic + ".help.txt")).Length > 500, topic));

    private static XElement CommandOf(string name) => Help.Value.Descendants(Command + "command").Single(command => command.Element(Command + "details")!.Element(Command + "name")!.Value == name);
}
