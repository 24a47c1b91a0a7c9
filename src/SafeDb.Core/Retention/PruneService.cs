using SafeDb.Archive;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.Stores;

namespace SafeDb.Retention;

/// <summary>What a pruning will do.</summary>
/// <param name="Destination">Where, without secrets.</param>
/// <param name="Backups">Every archive with whether it stays and why.</param>
public sealed record PrunePlan(string Destination, IReadOnlyList<PruneDecision> Backups);

/// <summary>What happens to one archive.</summary>
/// <param name="Backup">The archive; its <see cref="BackupInfo.Reason"/> says why.</param>
/// <param name="Keep">Whether it stays.</param>
public sealed record PruneDecision(BackupInfo Backup, bool Keep)
{
    /// <summary>The tier that it moves to; null when it stays where it is.</summary>
    public string? MoveTo { get; init; }
}

/// <summary>Removes archives that no retention rule keeps.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class PruneService(SafeDbEngine engine)
{
    /// <summary>
    /// Says which archives would go, and why each of the others stays. Times come from the authenticated manifests, so the archives' keys are needed; an archive that cannot be opened stays.
    /// </summary>
    public async Task<PrunePlan> PlanAsync(CatalogueQuery query, ArchiveKeys? keys, RetentionSettings settings, CancellationToken cancellationToken) =>
        await PlanAsync(query, keys, settings, tiers: null, cancellationToken).ConfigureAwait(false);

    /// <summary>The same, and says which archives are old enough for a cheaper tier.</summary>
    public async Task<PrunePlan> PlanAsync(CatalogueQuery query, ArchiveKeys? keys, RetentionSettings settings, TierSettings? tiers, CancellationToken cancellationToken)
    {
        List<BackupInfo> backups = await ListAsync(query, keys, cancellationToken).ConfigureAwait(false);
        Dictionary<string, BackupInfo> byName = backups.ToDictionary(backup => backup.Name, StringComparer.Ordinal);
        IReadOnlyList<RetentionDecision> decisions = RetentionPlanner.Plan(backups.Select(Candidate), settings);
        return new PrunePlan(
            engine.Stores.Open(query.Destination).Display,
            [.. decisions.Select(decision => Decide(byName[decision.Candidate.Name], decision, tiers))]);
    }

    /// <summary>
    /// Says what becomes of archives that a caller named. They go, except the one that must never go: the newest full one whose drill passed of its database (or, where none passed or none could be
    /// authenticated, the newest full one, or the newest there is), and what is under hold.
    /// </summary>
    public async Task<PrunePlan> PlanSelectedAsync(string destination, IReadOnlySet<string> names, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        List<BackupInfo> all = await ListAsync(new CatalogueQuery(destination), keys, cancellationToken).ConfigureAwait(false);
        if (names.FirstOrDefault(name => all.TrueForAll(backup => backup.Name != name)) is { } unknown)
        {
            throw StoreErrors.NotFound.Exception(unknown);
        }

        var spared = new HashSet<string>(StringComparer.Ordinal);
        foreach (IGrouping<string, BackupInfo> database in all.GroupBy(backup => backup.DatabaseName ?? string.Empty, StringComparer.Ordinal))
        {
            spared.Add(database.OrderByDescending(backup => backup.IsArchive)
                .ThenByDescending(backup => backup.Coverage switch { ArchiveExtent.Filtered => 0, ArchiveExtent.Partial => 1, _ => 2 })
                .ThenByDescending(backup => backup.Verified)
                .ThenByDescending(backup => backup.CreatedAt)
                .ThenByDescending(backup => backup.Name, StringComparer.Ordinal).First().Name);
        }

        return new PrunePlan(engine.Stores.Open(destination).Display, [.. all.Where(backup => names.Contains(backup.Name)).Select(backup => backup switch
        {
            { Held: true } => new PruneDecision(backup with { Reason = RetentionPlanner.HoldReason(backup.HeldBy) }, Keep: true),
            _ when spared.Contains(backup.Name) => new PruneDecision(backup with { Reason = backup.Verified ? "last verified" : "last of its database" }, Keep: true),
            _ => new PruneDecision(backup with { Reason = "named by the caller" }, Keep: false),
        })]);
    }

    /// <summary>Removes what the plan does not keep. One that cannot be removed (held, being read) is said and does not stop the others.</summary>
    /// <returns>The archives that were removed, and those that could not be with the error as their reason.</returns>
    public async Task<IReadOnlyList<PruneDecision>> ExecuteAsync(PrunePlan plan, string destination, IOperationObserver observer, CancellationToken cancellationToken)
    {
        IArchiveStore store = engine.Stores.Open(destination);
        var done = new List<PruneDecision>();
        foreach (string name in await store.RemoveRemainsAsync(cancellationToken).ConfigureAwait(false))
        {
            observer.OnMessage(MessageLevel.Information, $"Removed {name}: what an interrupted backup left.");
        }

        foreach (PruneDecision decision in plan.Backups.Where(decision => !decision.Keep || decision.MoveTo is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (decision.MoveTo is { } tier)
                {
                    await store.SetTierAsync(decision.Backup.Name, tier, cancellationToken).ConfigureAwait(false);
                    done.Add(decision with { Backup = decision.Backup with { Tier = tier } });
                    continue;
                }

                await store.DeleteAsync(decision.Backup.Name, cancellationToken).ConfigureAwait(false);
                observer.OnMessage(MessageLevel.Information, $"Removed {decision.Backup.Name}: {decision.Backup.Reason}.");
                done.Add(decision);
            }
            catch (SafeDbException problem) when (problem.Error.Kind is ErrorKind.Locked or ErrorKind.Conflict or ErrorKind.NotFound)
            {
                observer.OnMessage(MessageLevel.Warning, $"{decision.Backup.Name} stays: {problem.Message}");
                done.Add(new PruneDecision(decision.Backup with { Reason = $"{problem.Id}: {problem.Message}" }, Keep: true));
            }
        }

        return done;
    }

    private Task<List<BackupInfo>> ListAsync(CatalogueQuery query, ArchiveKeys? keys, CancellationToken cancellationToken) =>
        new BackupCatalogue(engine).ReadAsync(query with { Authenticate = true }, keys, cancellationToken);

    private static RetentionCandidate Candidate(BackupInfo backup) =>
        new(backup.Name, backup.Database ?? backup.DatabaseName ?? string.Empty, backup.Authenticated ? backup.CreatedAt : null, backup.Verified, backup.Held)
        {
            HeldBy = backup.HeldBy, Problem = backup.Authenticated ? null : backup.Reason, Apart = backup.Authenticated ? ArchiveExtent.Apart(backup) : null,
        };

    // Down only: moving back to a dearer tier is nothing that age asks for, and one in the archive tier cannot be moved at once.
    private PruneDecision Decide(BackupInfo backup, RetentionDecision decision, TierSettings? tiers)
    {
        string? tier = decision.Keep && decision.Candidate.Time is { } time ? tiers?.For(engine.Clock.GetUtcNow() - time) : null;
        bool moves = tier is not null && (backup.Tier ?? "Hot") switch { "Hot" => true, "Cool" => tier == "Cold", _ => false };
        string reason = $"{string.Join(", ", decision.Reasons)}{(decision.Candidate.Apart is { } apart ? $" ({apart})" : string.Empty)}";
        return new PruneDecision(backup with { Reason = moves ? $"{reason}; to the {tier} tier by age" : reason }, decision.Keep) { MoveTo = moves ? tier : null };
    }
}
