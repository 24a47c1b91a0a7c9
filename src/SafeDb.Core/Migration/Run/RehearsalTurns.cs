using SafeDb.Errors;
using SafeDb.Migration.Plan;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>The ways back and there again of a rehearsal, and what they show.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="applier">Applies and takes back on the copy.</param>
/// <param name="session">The copy.</param>
/// <param name="kept">The copy's rows of before.</param>
/// <param name="touched">Tables that were touched so far; the applier tells it of more.</param>
/// <param name="planning">What is rehearsed.</param>
internal sealed class RehearsalTurns(MigrationContext context, MigrationApplier applier, IDatabaseSession session, IKeptRows kept, TouchedTables touched, PlanningResult planning)
{
    /// <summary>After up: down must bring schema and rows back, and up again the schema that up led to.</summary>
    public async Task<RehearsalReport> DownAndUpAsync(RehearsalReport report, string before, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        try
        {
            await applier.RevertAsync(session, planning.Pending, planning.Scripts, null, _ => { }, cancellationToken).ConfigureAwait(false);
            if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != before)
            {
                differences.Add("the schema is not the one of before");
            }

            differences.AddRange((await kept.CompareAsync(touched.Traces, cancellationToken).ConfigureAwait(false)).Select(DataLossText.Of));
            await applier.ApplyAsync(session, planning.Pending, null, _ => { }, cancellationToken).ConfigureAwait(false);
            if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != report.SchemaAfter)
            {
                differences.Add("up again leads to another schema than up did");
            }
        }
        catch (SafeDbException failure)
        {
            differences.Add(failure.Message);
        }

        return report with { DownRestores = differences.Count == 0, DownDifferences = differences };
    }

    /// <summary>
    /// After down: up again must lead to the schema of before. What the migrations themselves fill in again is not lost; everything else that down took away is.
    /// </summary>
    public async Task<RehearsalReport> UpAgainAsync(RehearsalReport report, string before, CancellationToken cancellationToken)
    {
        var differences = new List<string>();
        IReadOnlyList<TableDataChange> losses = report.Losses;
        try
        {
            await applier.ApplyAsync(session, planning.Pending, null, _ => { }, cancellationToken).ConfigureAwait(false);
            if (await context.FingerprintAsync(session, cancellationToken).ConfigureAwait(false) != before)
            {
                differences.Add("down and up again lead to another schema than the one of now");
            }

            IReadOnlyList<TableDataChange> left = await kept.CompareAsync(touched.Traces, cancellationToken).ConfigureAwait(false);
            losses = [.. losses.Select(loss => StillLost(loss, left)).OfType<TableDataChange>()];
        }
        catch (SafeDbException failure)
        {
            differences.Add($"up again failed: {failure.Message}");
        }

        return report with { DownRestores = differences.Count == 0, DownDifferences = differences, Losses = losses };
    }

    /// <summary>What of a loss is still missing, or other than it was, after up again; null when nothing is.</summary>
    private static TableDataChange? StillLost(TableDataChange loss, IReadOnlyList<TableDataChange> left)
    {
        if (left.FirstOrDefault(change => change.Table == loss.Table) is not { } rest)
        {
            return null;
        }

        var columns = rest.Columns.Where(column => loss.TableGone || loss.Columns.Any(other => other.Column == column.Column))
            .Select(column => column with { ValuesLost = Math.Max(column.ValuesLost, column.ValuesChanged) }).ToList();
        TableDataChange still = rest with { Columns = columns };
        return still.ValuesLost > 0 ? still : null;
    }
}
