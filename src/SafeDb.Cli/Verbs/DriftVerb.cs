using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Schema;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb drift</c>: Compare-SafeDbSchema.</summary>
internal static class DriftVerb
{
    public static Command Create(VerbRunner runner)
    {
        Argument<string?> database = VerbArguments.Database();
        Option<string> reference = new("--reference") { Description = "What it should be: a snapshot file of 'safedb schema --output json', or another database.", Required = true, HelpName = "FILE|DATABASE" };
        var command = new Command("drift", "Find how a database's schema differs from a snapshot or another database, and which lines of a definition. The books of migration tools are left out. Exit code 3 when it does.") { database, reference };
        return runner.Bind(command, async (parsed, session, stop) =>
        {
            var service = new SchemaSnapshotService(session.Engine);
            string text = parsed.GetRequiredValue(reference);
            bool mayBeFile = !session.Configuration.Databases.ContainsKey(text);
            bool isFile = mayBeFile && File.Exists(session.FullPath(text));
            if (mayBeFile && !isFile)
            {
                service.RefuseMissing(text);
            }

            SchemaSnapshot expected = isFile
                ? SchemaSnapshotService.Load(session.FullPath(text))
                : await service.ReadAsync(session.Database(text), stop).ConfigureAwait(false);
            SchemaSnapshot actual = await service.ReadAsync(session.Database(parsed.GetValue(database)), stop).ConfigureAwait(false);
            IReadOnlyList<SchemaDifference> differences = SchemaSnapshotService.Compare(expected, actual, text);
            return new VerbResult(differences, differences.Count == 0 ? ExitCodes.Done : ExitCodes.Gate)
            {
                Text = view => differences.Count == 0 ? "No drift.\n" : view.Render(differences) + string.Concat(differences.Select(Changes)),
            };
        });
    }

    /// <summary>What differs in a changed object, below the table.</summary>
    private static string Changes(SchemaDifference difference) =>
        difference.Difference is { } lines ? $"\n{difference.Kind} {difference.Identity}:\n{string.Concat(lines.Split('\n').Select(line => $"  {line.TrimEnd()}\n"))}" : "";
}
