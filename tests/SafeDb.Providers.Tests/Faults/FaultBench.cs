using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using SafeDb.Addresses;
using SafeDb.FaultHost;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.Faults;

/// <summary>What is known of the run that something happens to.</summary>
/// <param name="Calls">Calls of an undisturbed run: the points of the matrix.</param>
/// <param name="Old">The database before.</param>
/// <param name="New">The database after.</param>
public sealed record FaultScale(int Calls, string Old, string New);

/// <summary>Judges what a fault left: one call of status must tell the truth, one call must finish or revert, and production must equal old or new, rows included.</summary>
/// <param name="folder">The folder of the migrations.</param>
/// <param name="undoTo">Null to apply all of them; else all of them are applied, and taken back down to this one.</param>
public sealed class FaultBench(string folder, string? undoTo = null)
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private int _points;

    /// <summary>Runs undisturbed, to know how many points there are and what old and new look like.</summary>
    public async Task<FaultScale> MeasureAsync(string address)
    {
        string old = await StateAsync(address);
        (MigrationRun run, int calls) = await RunAsync(address, 0, _ => { });
        Assert.True(run.Outcome == (undoTo is null ? MigrationOutcome.Applied : MigrationOutcome.Undone), run.Error?.Message);
        return new FaultScale(calls, old, await StateAsync(address));
    }

    /// <summary>Runs in this process with something happening at the point.</summary>
    public Task<(MigrationRun Run, int Calls)> RunAsync(string address, int point, Action<IDatabaseSession> happen) => FaultRun.RunAsync(address, folder, undoTo, point, happen);

    /// <summary>Applies everything, undisturbed.</summary>
    public async Task ApplyAsync(string address)
    {
        (MigrationRun run, _) = await FaultRun.RunAsync(address, folder, null, 0, _ => { });
        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
    }

    /// <summary>The points to try: every one, or about so many spread over the run.</summary>
    public static IEnumerable<int> Points(FaultScale scale, int sample)
    {
        double step = LongTests.Enabled ? 1 : Math.Max(1, (double)scale.Calls / sample);
        for (double point = 1; point <= scale.Calls; point += step)
        {
            yield return (int)point;
        }
    }

    /// <summary>Runs the host, which kills itself at the point; it may also have come to its end.</summary>
    private async Task KillAsync(string address, int point)
    {
        string[] direction = undoTo is null ? [] : [undoTo];
        var start = new ProcessStartInfo("dotnet", [typeof(FaultRun).Assembly.Location, address, folder, point.ToString(CultureInfo.InvariantCulture), .. direction]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 137, $"point {point}: the host was to be killed and ended with {process.ExitCode}: {output}");
        Count("killed");
    }

    /// <summary>Status, then resume (even points, where status says that it can) or undo; a run that ended by itself must have told the truth. What is wrong is told by <see cref="Report"/>, for all points together.</summary>
    public Task JudgeAsync(string address, FaultScale scale, int point, MigrationRun? run = null) => CollectAsync(point, run, () => CheckAsync(address, scale, point, run));

    /// <summary>Has the host kill itself at the point, and judges what it left.</summary>
    public Task KillAndJudgeAsync(string address, FaultScale scale, int point) => CollectAsync(point, null, async () =>
    {
        await KillAsync(address, point);
        await CheckAsync(address, scale, point, null);
    });

    private async Task CollectAsync(int point, MigrationRun? run, Func<Task> check)
    {
        _points++;
        try
        {
            await check();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _faults.Add(failure is Xunit.Sdk.XunitException ? failure.Message : $"point {point} ({run?.Outcome}: {run?.Error?.Message}): {failure}");
        }
    }

    private async Task CheckAsync(string address, FaultScale scale, int point, MigrationRun? run)
    {
        string where = $"point {point}{(run is null ? "" : $" ({run.Outcome}: {run.Error?.Message})")}";
        (MigrationContext context, DatabaseAddress parsed) = FaultRun.Open(address);
        MigrationCommand command = FaultRun.Command(parsed, folder, undoTo is not null);
        using var http = new HttpClient();
        var service = new MigrationService(context, null, http);
        PlanningResult status = await service.PlanAsync(command, TestContext.Current.CancellationToken);
        string now = await StateAsync(address);
        if (run is { Outcome: MigrationOutcome.Applied or MigrationOutcome.Undone })
        {
            Assert.True(now == scale.New && status.Interrupted is null, $"{where}: it says {run.Outcome}, and it is not");
        }
        else if (run is { Outcome: MigrationOutcome.RolledBack })
        {
            Assert.True(now == scale.Old && status.Interrupted is null, $"{where}: it says rolled back, and it is not");
        }

        if (status.Interrupted is null)
        {
            Assert.True(now == scale.Old || now == scale.New, $"{where}: neither old nor new, and status says nothing");
            Count(now == scale.Old ? "old" : "new");
        }
        else
        {
            bool finish = point % 2 == 0 && status.Interrupted.CanResume;
            MigrationRun settled = finish
                ? await service.ResumeAsync(command, (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken)
                : await new UndoService(context, null, http).UndoAsync(command, new UndoTarget(1, null), (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken);
            Assert.True(settled.Succeeded, $"{where}: {(finish ? "resume" : "undo")}: {settled.Error?.Message}");
            await using IDatabaseSession look = await context.OpenAsync(parsed, TestContext.Current.CancellationToken);
            Assert.True(settled.SchemaAfter == await context.FingerprintAsync(look, TestContext.Current.CancellationToken), $"{where}: the schema is not the one that the result names");

            // An undo that was interrupted is finished by the next one.
            finish |= status.Interrupted.Run.Undo;
            Assert.True(await StateAsync(address) == (finish ? scale.New : scale.Old), $"{where}: it led elsewhere");
            Count(finish ? "interrupted, finished" : "interrupted, reverted");
        }

        await using IDatabaseSession session = await context.OpenAsync(parsed, TestContext.Current.CancellationToken);
        Assert.False(await context.Journal.ExistsAsync(session, TestContext.Current.CancellationToken), $"{where}: the journal stayed");
        CheckHistory(await service.PlanAsync(command, TestContext.Current.CancellationToken), await StateAsync(address) == (undoTo is null ? scale.New : scale.Old), where);
    }

    /// <summary>In the end the history says what the schema shows, and status has nothing to complain of.</summary>
    private void CheckHistory(PlanningResult status, bool all, string where)
    {
        string applied = string.Join(' ', status.Items.Where(item => item.State == MigrationState.Applied).Select(item => item.Id));
        string expected = string.Join(' ', status.Items.Select(item => item.Id).Where(id => all || string.CompareOrdinal(id, undoTo ?? "0") <= 0));
        Assert.True(applied == expected, $"{where}: in the end the history says that '{applied}' are applied, not '{expected}'");
        Assert.All(status.Items, item => Assert.Contains(item.State, new[] { MigrationState.Applied, MigrationState.Pending }));
        Assert.All(status.Plan.Gates.Where(gate => gate.Id == "schema-drift"), gate => Assert.True(gate.Answer == GateAnswer.Open, $"{where}: {gate.Error?.Message}"));
    }

    /// <summary>Prints what the points of one kind came to, and fails when one was not as it should be.</summary>
    public void Report(string kind)
    {
        string text = $"{kind}, {_points} points: {string.Join(", ", _counts.Select(pair => $"{pair.Value} {pair.Key}"))}";
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        if (LongTests.Enabled)
        {
            Console.WriteLine(text);
        }

        Assert.True(_faults.Count == 0, $"{kind}: {_faults.Count} of {_points} points:\n{string.Join('\n', _faults)}");
    }

    public void Count(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    /// <summary>Schema and every row, in one text.</summary>
    private static async Task<string> StateAsync(string address)
    {
        (MigrationContext context, DatabaseAddress parsed) = FaultRun.Open(address);
        await using IDatabaseSession session = await context.OpenAsync(parsed, TestContext.Current.CancellationToken);
        DatabaseSchema schema = SchemaScope.WithoutBookkeeping(await session.ReadSchemaAsync(TestContext.Current.CancellationToken));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SchemaObject table in schema.Objects.Where(item => item.Kind == "table").OrderBy(item => item.Identity, StringComparer.Ordinal))
        {
            await using DbCommand command = session.Connection.CreateCommand();
            command.CommandText = $"select * from {table.Identity} order by 1";
            await using DbDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                var values = new object[reader.FieldCount];
                reader.GetValues(values);
                hash.AppendData(Encoding.UTF8.GetBytes($"{table.Identity}\0{string.Join('\0', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))}\n"));
            }
        }

        return schema.Fingerprint() + Convert.ToHexString(hash.GetHashAndReset());
    }
}
