using System.Data.Common;

using SafeDb.Configuration;
using SafeDb.Migration.Status;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.Migration.Plan;

/// <summary>Analyses the scripts of a plan as <c>Get-MigrationRisk</c> does with the same database, so that the gate says what the user has read there.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="depth">How much the database is asked.</param>
internal sealed class PlanRisk(MigrationContext context, PlanDepth depth)
{
    /// <summary>Analyses scripts after those that are applied.</summary>
    /// <param name="session">A session on the database, outside any transaction.</param>
    /// <param name="read">What is applied.</param>
    /// <param name="files">The scripts.</param>
    /// <param name="own">Those of them that are migrations of the folder.</param>
    /// <param name="command">Whose policy holds.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<IReadOnlyList<FileRisk>> AnalyseAsync(
        IDatabaseSession session, Reading read, IReadOnlyList<RiskFile> files, IReadOnlyList<MigrationScript> own, MigrationCommand command, CancellationToken cancellationToken)
    {
        RiskAnalyzer analyzer = Analyzer(command);
        new RiskPolicy { AllowHazards = command.AllowHazards }.Validate(analyzer.Rules.Select(rule => rule.Id).Concat(GateIds.Allowable));
        var options = new RiskOptions { ServerVersion = session.Engine.Version, PendingTogether = true, RunnerSetsLockTimeout = true };
        if (files.Count == 0 || await FactsAsync(session, read, command.Observer, cancellationToken).ConfigureAwait(false) is not { } facts)
        {
            return analyzer.Analyse(AppliedBefore(read, own).Concat(files), options);
        }

        // The database itself is what the applied files led to, and what others did.
        IReadOnlyList<FoundRisk> found = analyzer.Find(files, options with { Catalog = facts });
        if (depth == PlanDepth.Counted)
        {
            found = await new RiskProbeService(context.RiskDatabase!, context.Clock).AnswerAsync(found, session, RiskProbeLimits.Default, command.Observer, cancellationToken).ConfigureAwait(false);
        }

        return analyzer.Judge(found);
    }

    private RiskAnalyzer Analyzer(MigrationCommand command)
    {
        Policy policy = command.Policy;
        var strict = new RiskPolicy
        {
            AllowHazards = [.. command.Allowed], DisabledRules = policy.DisabledRules, RuleLevels = policy.RuleLevels,
            AllowMixedMigrations = policy.AllowMixedMigrations, AllowReset = policy.AllowReset,
        };
        return new RiskAnalyzer(context.Dialect, strict, context.Clock);
    }

    // In the middle of an interrupted migration the database is neither what it was nor what it will be: there the files say what each statement meets.
    private async Task<ICatalogFacts?> FactsAsync(IDatabaseSession session, Reading read, IOperationObserver observer, CancellationToken cancellationToken)
    {
        if (context.RiskDatabase is not { } database || read.Interrupted is not null)
        {
            return null;
        }

        try
        {
            return await database.ReadFactsAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException failure)
        {
            observer.OnMessage(MessageLevel.Warning, $"The risk analysis goes by the files alone and assumes the worst where they do not tell, because the database's catalogue could not be read: {failure.Message}");
            return null;
        }
    }

    private static IEnumerable<RiskFile> AppliedBefore(Reading read, IReadOnlyList<MigrationScript> own) => read.Items
        .Where(item => item.Script is not null && !own.Contains(item.Script) && item.State is MigrationState.Applied or MigrationState.Edited)
        .Select(item => File(item.Script!) with { Applied = true });

    /// <summary>A migration as the analysis takes it.</summary>
    public static RiskFile File(MigrationScript script) => new(new SourceText(script.UpSql, script.Path), script.NoTransaction ? FileTransaction.PerStatement : FileTransaction.Single)
    {
        WayBack = script.DownSql is not null ? FileWayBack.Script : script.ManualRollback is not null ? FileWayBack.Manual : FileWayBack.None,
    };
}

/// <summary>How much a plan asks the database for its risk analysis.</summary>
public enum PlanDepth
{
    /// <summary>Its catalogue: what a status needs, and costs no query on tables.</summary>
    Catalogue,

    /// <summary>Also how many rows the findings are about, each question bounded in time: what a run and its dry run go by.</summary>
    Counted,
}
