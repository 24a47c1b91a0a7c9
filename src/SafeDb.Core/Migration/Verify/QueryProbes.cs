using System.Diagnostics;
using System.Globalization;

using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Verify;

/// <summary>How a probe ran.</summary>
/// <param name="Query">The query, literals taken out.</param>
/// <param name="Time">The best of three times; null when it failed.</param>
/// <param name="Plan">Its plan; null when it failed.</param>
internal sealed record ProbeMeasure(string Query, TimeSpan? Time, QueryPlan? Plan);

/// <summary>Runs the queries of the configuration before and after, so that a plan that got worse is seen. Each runs where it can change nothing.</summary>
/// <param name="context">The engine's parts.</param>
internal sealed class QueryProbes(MigrationContext context)
{
    private const int Rounds = 3;

    public async Task<IReadOnlyList<ProbeMeasure>> MeasureAsync(IDatabaseSession session, DatabaseSettings? settings, CancellationToken cancellationToken)
    {
        var measures = new List<ProbeMeasure>();
        foreach (string query in settings?.QueryProbes ?? [])
        {
            measures.Add(await MeasureAsync(session, query, cancellationToken).ConfigureAwait(false));
        }

        return measures;
    }

    /// <summary>Lays both side by side.</summary>
    public static IReadOnlyList<ProbeResult> Compare(IReadOnlyList<ProbeMeasure> before, IReadOnlyList<ProbeMeasure> after, double maxSlowdown) =>
    [
        .. before.Zip(after).Where(pair => pair.First.Time is not null && pair.Second.Time is not null).Select(pair =>
            new ProbeResult(pair.First.Query, pair.First.Time!.Value, pair.Second.Time!.Value, Slower(pair.First, pair.Second, maxSlowdown))
            {
                CostBefore = pair.First.Plan!.Cost, CostAfter = pair.Second.Plan!.Cost, PlanBefore = pair.First.Plan.Shape, PlanAfter = pair.Second.Plan.Shape,
            }),
    ];

    /// <summary>Below a millisecond the clock says more than the plan; and a cost that grew under the same plan says only that the statistics are younger.</summary>
    private static bool Slower(ProbeMeasure before, ProbeMeasure after, double maxSlowdown)
    {
        bool time = after.Time > before.Time * maxSlowdown && after.Time > TimeSpan.FromMilliseconds(1);
        return time || (before.Plan!.Shape != after.Plan!.Shape && after.Plan.Cost > before.Plan.Cost * maxSlowdown);
    }

    /// <summary>What a slower probe says.</summary>
    public static string Warning(ProbeResult probe)
    {
        string costs = probe.CostBefore is null ? "" : string.Create(CultureInfo.InvariantCulture, $", planner's cost {probe.CostBefore:0.##} before and {probe.CostAfter:0.##} after");
        string plan = probe.PlanBefore == probe.PlanAfter ? "" : $"; its plan was {probe.PlanBefore} and is {probe.PlanAfter}";
        return string.Create(
            CultureInfo.InvariantCulture, $"The query {probe.Query} took {probe.Before.TotalMilliseconds:0.0} ms before and {probe.After.TotalMilliseconds:0.0} ms after{costs}{plan}.");
    }

    private async Task<ProbeMeasure> MeasureAsync(IDatabaseSession session, string query, CancellationToken cancellationToken)
    {
        string preview = SqlPreview.Of(query);
        IMigrationMeasurement measurement = context.Engine.Measurement;
        (string begin, string end) = measurement.ReadOnly;
        try
        {
            QueryPlan plan = await measurement.ExplainAsync(session, query, cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync(begin, cancellationToken).ConfigureAwait(false);
            TimeSpan best = TimeSpan.MaxValue;
            for (int i = 0; i < Rounds; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await session.ExecuteAsync(query, cancellationToken).ConfigureAwait(false);
                best = Stopwatch.GetElapsedTime(start) is var time && time < best ? time : best;
            }

            await session.ExecuteAsync(end, cancellationToken).ConfigureAwait(false);
            return new ProbeMeasure(preview, best, plan);
        }
        catch (SafeDbException)
        {
            // It does not run: whether that is the migration's fault is what the check on the probes says.
            await context.Engine.Execution.RollbackAsync(session).ConfigureAwait(false);
            await session.ExecuteAsync(end, cancellationToken).ConfigureAwait(false);
            return new ProbeMeasure(preview, null, null);
        }
    }
}
