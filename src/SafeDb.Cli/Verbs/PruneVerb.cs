using System.CommandLine;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Cli.Hosting;
using SafeDb.Cli.Output;
using SafeDb.Configuration;
using SafeDb.Retention;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb prune</c>: Remove-SafeDbBackup.</summary>
internal sealed class PruneVerb
{
    private readonly Argument<string?> _database = VerbArguments.Database("Only archives of this database; its own destination is pruned, by its policy, unless options say otherwise.");
    private readonly Option<string?> _destination = VerbArguments.Text("--destination", "Folder, blob address, or name of a destination in safedb.json.", "PLACE");
    private readonly RetentionOptions _keep = new();
    private readonly ArchiveOptions _archive = new(writes: false);

    public static Command Create(VerbRunner runner)
    {
        var verb = new PruneVerb();
        var command = new Command("prune", "Remove the archives that no retention rule keeps. Never the last verified one, never one under hold.") { verb._database, verb._destination };
        verb._keep.AddTo(command);
        verb._archive.AddTo(command);
        return runner.Bind(command, verb.RunAsync);
    }

    private async Task<VerbResult> RunAsync(ParseResult parsed, VerbSession session, CancellationToken stop)
    {
        string? text = parsed.GetValue(_database);
        string? place = parsed.GetValue(_destination);
        ResolvedDatabase? database = text is null && place is not null ? null : session.Database(text);
        ResolvedDestination target = session.Destination(place, database);
        string destination = target.Address;
        using ArchiveKeys? keys = _archive.Keys(parsed, session);
        var query = new CatalogueQuery(destination) { Name = database is null ? null : ArchiveName.DatabasePart(database.Address.DatabaseName) };
        var service = new PruneService(session.Engine);
        RetentionSettings settings = _keep.Read(parsed, (database?.Policy ?? session.Policy).Retention);
        PrunePlan plan = await service.PlanAsync(query, keys, settings, target.Settings?.TierAfter, stop).ConfigureAwait(false);
        IReadOnlyList<RetentionRow> rows = [.. plan.Backups.Select(decision => RetentionRow.Of(decision, done: false))];
        int leaving = plan.Backups.Count(decision => !decision.Keep);
        int moving = plan.Backups.Count(decision => decision.MoveTo is not null);
        if (leaving + moving == 0)
        {
            return new VerbResult(rows) { Text = view => rows.Count == 0 ? "No archives.\n" : view.Table([.. rows]) };
        }

        // The table is the plan: it is printed before anything is asked or removed.
        session.Host.Error.Write(new TextView(session.Host).Table([.. rows]));
        if (!session.Confirmed($"Remove {leaving} of {Counted.Of(rows.Count, "archive")} in {plan.Destination}{(moving == 0 ? string.Empty : $", move {moving} to a cheaper tier")}", ask: leaving > 0))
        {
            return new VerbResult(rows) { Text = _ => string.Empty };
        }

        IReadOnlyList<PruneDecision> removed = await service.ExecuteAsync(plan, destination, session.Observer, stop).ConfigureAwait(false);
        bool all = removed.All(decision => !decision.Keep || decision.MoveTo is not null);
        return new VerbResult(removed.Select(decision => RetentionRow.Of(decision, done: true)).ToList(), all ? ExitCodes.Done : ExitCodes.Failed);
    }
}

/// <summary>What became, or would become, of one archive.</summary>
/// <param name="Action"><c>keep</c>, <c>remove</c>, <c>removed</c>, <c>move</c> or <c>moved</c>.</param>
/// <param name="CreatedAt">Moment that its data shows.</param>
/// <param name="DatabaseName">The database.</param>
/// <param name="Verified">Whether its last drill passed.</param>
/// <param name="Reason">Why.</param>
/// <param name="Name">The archive.</param>
/// <param name="Backup">Its location.</param>
internal sealed record RetentionRow(string Action, DateTimeOffset? CreatedAt, string? DatabaseName, bool Verified, string? Reason, string Name, string Backup)
{
    public static RetentionRow Of(PruneDecision decision, bool done) => new(
        decision.MoveTo is not null ? done ? "moved" : "move" : decision.Keep ? "keep" : done ? "removed" : "remove", decision.Backup.CreatedAt, decision.Backup.DatabaseName, decision.Backup.Verified, decision.Backup.Reason, decision.Backup.Name, decision.Backup.Backup);
}
