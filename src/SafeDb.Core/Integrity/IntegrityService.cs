using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.Verify;
using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.Integrity;

/// <summary>What a check of a database gave.</summary>
/// <param name="Checks">Ids of everything that was looked at.</param>
/// <param name="Findings">What was found, the worst first.</param>
public sealed record IntegrityReport(IReadOnlyList<string> Checks, IReadOnlyList<IntegrityFinding> Findings)
{
    /// <summary>Whether nothing is damaged and no rule is broken. Warnings, and what could not be checked, do not count against it.</summary>
    public bool IsSound => !Findings.Any(finding => finding.Severity is IntegritySeverity.Damage or IntegritySeverity.Violation);
}

/// <summary>Checks the integrity of a database: the engine's own checks, and the invariants that the project states. Changes nothing.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="check">The engine's checks.</param>
public sealed class IntegrityService(MigrationContext context, IIntegrityCheck check)
{
    private const string Invariant = "invariant";

    /// <summary>Runs every check.</summary>
    public async Task<IntegrityReport> CheckAsync(ResolvedDatabase database, IOperationObserver observer, CancellationToken cancellationToken)
    {
        string name = database.Address.Display;
        string[] all = [.. check.Checks, .. database.Settings is { Invariants.Count: > 0 } ? (string[])[Invariant] : []];
        int begun = 0;
        void Tell(string id) => observer.OnProgress(new ProgressReport($"Check {name}", id, begun++, all.Length, "checks"));

        IDatabaseSession session = await context.OpenAsync(database.Address, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            try
            {
                List<IntegrityFinding> findings = [.. await check.RunAsync(session, Tell, cancellationToken).ConfigureAwait(false)];
                if (all.Length > check.Checks.Count)
                {
                    Tell(Invariant);
                    findings.AddRange(await InvariantsAsync(session, database.Settings, cancellationToken).ConfigureAwait(false));
                }

                return new IntegrityReport(all, [.. findings.OrderBy(finding => finding.Severity).Select(finding => finding with { Database = name })]);
            }
            finally
            {
                observer.OnProgress(new ProgressReport($"Check {name}", "Done", all.Length, all.Length, "checks") { Completed = true });
            }
        }
    }

    private async Task<IEnumerable<IntegrityFinding>> InvariantsAsync(IDatabaseSession session, DatabaseSettings? settings, CancellationToken cancellationToken) =>
        from result in await new MigrationChecks(context).InvariantsAsync(session, settings, "check", cancellationToken).ConfigureAwait(false)
        where !result.Passed
        select new IntegrityFinding(IntegritySeverity.Violation, Invariant, result.Name, $"It does not hold: {result.Message}.", "Run its query (safedb.json, invariants) to see the rows, and mend them or the invariant.");
}
