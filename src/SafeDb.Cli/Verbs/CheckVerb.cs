using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Engines;
using SafeDb.Integrity;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb check</c>: Test-SafeDbIntegrity.</summary>
internal static class CheckVerb
{
    public static Command Create(VerbRunner runner)
    {
        Argument<string?> database = VerbArguments.Database();
        Option<bool> quiet = VerbArguments.Switch("--quiet", "Print only true (no damage and no broken rule) or false.");
        var command = new Command("check", "Look for damage, orphaned rows, broken rules and invariants in a database. Exit code 1 when there are any.") { database, quiet };
        return runner.Bind(command, async (parsed, session, stop) =>
        {
            ResolvedDatabase resolved = session.Database(parsed.GetValue(database));
            IntegrityReport report = await Composition.Integrity(session.Engine, resolved.Address.Engine).CheckAsync(resolved, session.Observer, stop).ConfigureAwait(false);
            report = report with { Findings = [.. report.Findings.Select(finding => finding with { Advice = CommandLineWords.Of(finding.Advice) })] };
            int exitCode = report.IsSound ? ExitCodes.Done : ExitCodes.Failed;
            if (parsed.GetValue(quiet))
            {
                return new VerbResult(report.IsSound, exitCode) { Text = _ => report.IsSound ? "true\n" : "false\n" };
            }

            return new VerbResult(report.Findings, exitCode)
            {
                Text = view => $"{(report.Findings.Count == 0 ? "Nothing found" : view.Table([.. report.Findings]).TrimEnd('\n') + "\n\n" + Counted.Of(report.Findings.Count, "finding"))} in {resolved.Address.Display}. Checked: {string.Join(", ", report.Checks)}.\n",
            };
        });
    }
}
