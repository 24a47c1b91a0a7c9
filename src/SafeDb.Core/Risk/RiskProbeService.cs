using SafeDb.Observation;
using SafeDb.Providers;

namespace SafeDb.Risk;

/// <summary>Asks a real database the questions attached to findings. Read-only; bounded for each question and in all.</summary>
/// <param name="database">The engine's way to count.</param>
/// <param name="clock">Measures the budget.</param>
public sealed class RiskProbeService(IRiskDatabase database, TimeProvider clock)
{
    /// <summary>The files with <see cref="RiskFinding.RowsAtRisk"/> and levels as the answers make them. A question without an answer leaves its finding as it was.</summary>
    /// <param name="found">The findings.</param>
    /// <param name="session">An open session outside any transaction.</param>
    /// <param name="limits">Time for one question and for all.</param>
    /// <param name="observer">Hears of questions that got no answer.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    public async Task<IReadOnlyList<FoundRisk>> AnswerAsync(
        IReadOnlyList<FoundRisk> found, IDatabaseSession session, RiskProbeLimits limits, IOperationObserver observer, CancellationToken cancellationToken)
    {
        Dictionary<string, long?> answers = await AskAsync(found, session, limits, observer, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(item => item with
        {
            Risk = item.Risk with
            {
                Findings = [.. item.Risk.Findings.Select(finding => Fill(finding, answers))],
                Statements = [.. item.Risk.Statements.Select(statement => statement with { Findings = [.. statement.Findings.Select(finding => Fill(finding, answers))] })],
            },
        })];
    }

    private async Task<Dictionary<string, long?>> AskAsync(
        IReadOnlyList<FoundRisk> found, IDatabaseSession session, RiskProbeLimits limits, IOperationObserver observer, CancellationToken cancellationToken)
    {
        List<RiskProbe> probes = [.. found.SelectMany(item => item.Risk.AllFindings).SelectMany(finding => finding.Probes).DistinctBy(probe => probe.Sql, StringComparer.Ordinal)];
        var answers = new Dictionary<string, long?>(StringComparer.Ordinal);
        long start = clock.GetTimestamp();
        for (int i = 0; i < probes.Count; i++)
        {
            TimeSpan left = limits.Total - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                observer.OnMessage(MessageLevel.Warning, $"The time for questions to the database is over; {probes.Count - i} of {probes.Count} were not asked.");
                break;
            }

            observer.OnProgress(new ProgressReport("Counting rows at risk", probes[i].Meaning, i, probes.Count, "steps"));
            long? answer = await database.CountAsync(session, probes[i], left < limits.Each ? left : limits.Each, cancellationToken).ConfigureAwait(false);
            answers[probes[i].Sql] = answer;
            if (answer is null)
            {
                observer.OnMessage(MessageLevel.Verbose, $"No answer: {probes[i].Meaning}.");
            }
        }

        return answers;
    }

    private static RiskFinding Fill(RiskFinding finding, Dictionary<string, long?> answers)
    {
        foreach (RiskProbe probe in finding.Probes)
        {
            if (answers.GetValueOrDefault(probe.Sql) is { } count)
            {
                RiskLevel? level = count == 0 ? probe.LevelWhenZero : probe.LevelWhenAny;
                finding = finding with
                {
                    RowsAtRisk = Math.Max(count, finding.RowsAtRisk ?? 0),
                    Level = level ?? finding.Level,
                    Advice = count > 0 && probe.FirstWhenAny is { } first ? $"{first} {finding.Advice}" : finding.Advice,
                    Message = $"{finding.Message} Now: {count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} {probe.Meaning}.",
                };
            }
        }

        return finding;
    }
}

/// <summary>How long questions may take.</summary>
/// <param name="Each">One question.</param>
/// <param name="Total">All of them.</param>
public sealed record RiskProbeLimits(TimeSpan Each, TimeSpan Total)
{
    /// <summary>10 seconds each, 2 minutes in all.</summary>
    public static readonly RiskProbeLimits Default = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2));
}
