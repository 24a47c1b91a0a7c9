using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Cli.Verbs;

namespace SafeDb.Cli;

/// <summary>Every verb.</summary>
internal static class VerbCatalogue
{
    public static IEnumerable<Command> All(VerbRunner runner) =>
    [
        SchemaVerb.Create(runner),
        DriftVerb.Create(runner),
    ];
}
