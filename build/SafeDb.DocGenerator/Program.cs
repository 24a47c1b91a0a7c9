using SafeDb.DocGenerator;

if (args is ["help", string binaries, string powerShellStandard, string sources, string output])
{
    IReadOnlyList<CmdletFacts> cmdlets = CmdletFacts.ReadAll(Path.Combine(binaries, "SafeDb.PowerShell.dll"), powerShellStandard);
    var comments = DocComments.Read(Path.Combine(binaries, "SafeDb.PowerShell.xml"));
    var writer = new MamlWriter(comments);
    var problems = new List<string>();
    foreach (CmdletFacts cmdlet in cmdlets)
    {
        string source = Path.Combine(sources, cmdlet.Name + ".md");
        if (File.Exists(source))
        {
            writer.Add(cmdlet, HelpPage.Parse(File.ReadAllText(source)));
        }
        else
        {
            problems.Add($"{source}: error HELP001: {cmdlet.Name} has no help source.");
        }
    }

    foreach (string problem in problems.Concat(writer.Problems))
    {
        Console.Error.WriteLine(problem);
    }

    Directory.CreateDirectory(output);
    writer.Save(Path.Combine(output, "SafeDb.PowerShell.dll-Help.xml"));
    return problems.Count + writer.Problems.Count == 0 ? 0 : 1;
}

Console.Error.WriteLine("Usage: SafeDb.DocGenerator help <binaries> <PowerShellStandard dll> <help sources> <output folder>");
return 2;
