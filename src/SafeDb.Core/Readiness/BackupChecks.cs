using SafeDb.Archive;
using SafeDb.Configuration;
using SafeDb.Retention;

using static SafeDb.Readiness.ReadinessJudge;

namespace SafeDb.Readiness;

/// <summary>The lines about backups.</summary>
internal static class BackupChecks
{
    // A rule that keeps nothing back for longer than this is not being applied by anybody.
    private static readonly TimeSpan PruningGrace = TimeSpan.FromDays(7);

    public static IEnumerable<ReadinessItem> Of(ReadinessFacts facts) => [Exists(facts), Complete(facts), Verified(facts), Drilled(facts), Encrypted(facts), OffSite(facts), Retention(facts)];

    // An archive that was taken with filters is no backup of the database, whatever was proved of it.
    private static IEnumerable<BackupInfo> Full(ReadinessFacts facts) => facts.Backups.Where(backup => backup.CreatedAt is not null && backup.Coverage != ArchiveExtent.Filtered);

    private static BackupInfo? Newest(ReadinessFacts facts) => Full(facts).MaxBy(backup => backup.CreatedAt);

    private static string None(ReadinessFacts facts) => facts.BackupsProblem ?? (facts.Destination is null ? "no destination is configured" : UnopenedArchives.Doubt(facts) ?? $"no archive of the {(Filtered(facts) is null ? string.Empty : "whole ")}database in {facts.Destination}{Filtered(facts)}");

    private static string? Filtered(ReadinessFacts facts) => facts.Backups.Where(backup => backup.Coverage == ArchiveExtent.Filtered).MaxBy(backup => backup.CreatedAt) is { } filtered
        ? $"; {filtered.Name} was taken with filters{(filtered.Filters.Count == 0 ? string.Empty : $" ({string.Join("; ", filtered.Filters)})")}" : null;

    // A drill that left objects out proves the rows, and not that the whole archive can be restored.
    private static string? InPart(ReadinessFacts facts) => Full(facts).Where(backup => backup is { Verified: false, LeftOut.Count: > 0 }).MaxBy(backup => backup.VerifiedAt) is { } part
        ? $"; {part.Name}: {part.Verification}, so it does not prove the whole archive ({string.Join("; ", part.LeftOut.Take(3))}{(part.LeftOut.Count > 3 ? " and more" : string.Empty)})" : null;

    // What is not known never passes; but the advice is to look, not to do what may have been done.
    private static ReadinessItem Judged(ReadinessFacts facts, string item, string question, bool passed, string evidence, string advice) =>
        UnopenedArchives.Doubt(facts) is { } doubt
            ? Line(facts, item, question, passed, passed || evidence == doubt ? evidence : $"{evidence}; {doubt}", UnopenedArchives.Advice)
            : Line(facts, item, question, passed, evidence, advice);

    private static ReadinessItem Exists(ReadinessFacts facts)
    {
        BackupInfo? newest = Newest(facts);
        bool fresh = newest is not null && facts.Now - newest.CreatedAt <= facts.Policy.MaxBackupAge;
        return Judged(facts, "backup-exists", "Is there a recent backup?", fresh,
            newest is null ? None(facts) : $"{newest.Name}, {Ago(facts, newest.CreatedAt!.Value)} (limit {Duration.Format(facts.Policy.MaxBackupAge)})",
            "Take a backup now with Backup-SafeDb, and schedule scripts/runbooks/Invoke-NightlyBackup.ps1.");
    }

    private static ReadinessItem Complete(ReadinessFacts facts)
    {
        BackupInfo? newest = Newest(facts);
        return Line(facts, "backup-complete", "Does the newest backup hold everything?", newest?.Coverage == ArchiveExtent.Complete,
            newest is null ? None(facts) : !ArchiveExtent.IsKnown(newest.Coverage) ? $"the manifest of {newest.Name} could not be opened" : $"{newest.Name}: {newest.Coverage}{string.Concat(newest.NotCovered.Select(what => $"; not covered: {what}"))}",
            newest is null && UnopenedArchives.Doubt(facts) is not null ? UnopenedArchives.Advice : "Take a backup without -AllowPartial and without table filters, and give the key that opens it.");
    }

    // The newest backup itself: the proof of an old one says nothing of what was written since.
    private static ReadinessItem Verified(ReadinessFacts facts)
    {
        BackupInfo? verified = Full(facts).Where(backup => backup.Verified).MaxBy(backup => backup.CreatedAt);
        TimeSpan limit = facts.Policy.MaxDrillAge + facts.Policy.MaxBackupAge;
        bool fresh = verified is not null && facts.Now - verified.CreatedAt <= limit;
        return Judged(facts, "backup-verified", "Was a recent backup proved to be restorable and equal?", fresh,
            verified is null && Newest(facts) is null && UnopenedArchives.Doubt(facts) is { } doubt ? doubt
            : verified is null ? $"no archive of the whole database has authenticated evidence of a passed drill{Filtered(facts)}{InPart(facts)}" : $"{verified.Name}, taken {Ago(facts, verified.CreatedAt!.Value)}, {verified.Verification} (limit {Duration.Format(limit)})",
            "Run Test-SafeDbBackup with the archive's key; evidence without the key does not count.");
    }

    private static ReadinessItem Drilled(ReadinessFacts facts)
    {
        BackupInfo? last = Full(facts).Where(backup => backup.DrilledAt is not null).MaxBy(backup => backup.DrilledAt);
        bool passed = last is { Verified: true } && facts.Now - last.DrilledAt <= facts.Policy.MaxDrillAge;
        return Judged(facts, "restore-drilled", "Was a restore rehearsed lately, and did it pass?", passed,
            last is null && Newest(facts) is null && UnopenedArchives.Doubt(facts) is { } doubt ? doubt
            : last is null ? $"no authenticated restore drill of an archive of the whole database{Filtered(facts)}{InPart(facts)}" : $"{last.Name}: drill {(last.Verified ? "passed" : "failed")} {Ago(facts, last.DrilledAt!.Value)} (limit {Duration.Format(facts.Policy.MaxDrillAge)})",
            "Schedule scripts/runbooks/Invoke-RestoreDrill.ps1; when a drill failed, take a new backup and keep the failed one until the cause is known.");
    }

    private static ReadinessItem Encrypted(ReadinessFacts facts)
    {
        // What only has an archive's name is no backup that could be read; of a damaged header nobody knows.
        BackupInfo[] archives = [.. facts.Backups.Where(backup => backup.IsArchive)];
        string[] open = [.. archives.Where(backup => backup.Encrypted == false).Select(backup => backup.Name)];
        string[] unknown = [.. archives.Where(backup => backup.Encrypted is null).Select(backup => backup.Name)];
        bool passed = archives.Length > 0 && (open.Length + unknown.Length == 0 || !facts.Policy.RequireEncryption);
        string[] evidence =
        [
            .. archives.Length == 0 ? [None(facts)] : open.Length + unknown.Length == 0 ? [$"{Counted.Of(archives.Length, "archive")}, none readable without a key"] : Array.Empty<string>(),
            .. Named("readable by everybody", open),
            .. Named("header not readable, so not known", unknown),
            .. open.Length + unknown.Length > 0 && !facts.Policy.RequireEncryption ? ["the policy accepts that"] : Array.Empty<string>(),
            .. Named("no archive", [.. facts.Backups.Where(backup => !backup.IsArchive).Select(backup => backup.Name)]),
        ];
        return Line(facts, "backups-encrypted", "Is every backup encrypted?", passed, string.Join("; ", evidence),
            open.Length > 0 || archives.Length == 0
                ? "Name recipients for the destination in safedb.json, take a new backup, and remove the readable ones."
                : "Look at the damaged files with Test-SafeDbBackup; take another copy of them or a new backup, and move them away.");
    }

    private static string[] Named(string what, string[] names) =>
        names.Length == 0 ? [] : [$"{what}: {string.Join(", ", names.Take(5))}{(names.Length > 5 ? $" and {names.Length - 5} more" : string.Empty)}"];

    private static ReadinessItem OffSite(ReadinessFacts facts) =>
        Line(facts, "backups-off-site", "Are the backups kept away from the database?", facts.Destination is not null && (facts.OffSite || !facts.Policy.RequireOffSite),
            facts.Destination is null ? "no destination is configured" : $"{facts.Destination}{(facts.OffSite ? string.Empty : facts.Policy.RequireOffSite ? " is not off-site" : " is not off-site (the policy accepts that)")}",
            "Use a blob container, copy with Copy-SafeDbBackup, or set offSite for a folder that really lies elsewhere.");

    private static ReadinessItem Retention(ReadinessFacts facts)
    {
        RetentionSettings rules = facts.Policy.Retention;
        BackupInfo[] unopened = UnopenedArchives.Of(facts);
        DateTimeOffset? newest = Newest(facts)?.CreatedAt;
        RetentionCandidate[] old = [.. Full(facts).Where(backup => newest - backup.CreatedAt >= PruningGrace)
            .Select(backup => new RetentionCandidate(backup.Name, "one", backup.CreatedAt, backup.Verified, backup.Held) { Apart = ArchiveExtent.Apart(backup) })];
        try
        {
            string[] due = [.. RetentionPlanner.Plan(old, rules).Where(decision => !decision.Keep).Select(decision => decision.Candidate.Name)];
            if (due.Length == 0 && unopened.Length > 0)
            {
                return Line(facts, "retention-defined", "Is retention defined and applied?", false,
                    $"{Text(rules)}; {UnopenedArchives.Why(unopened)}, so it cannot be told whether {Counted.Of(unopened.Length, "archive")} in {facts.Destination} {(unopened.Length == 1 ? "is" : "are")} overdue", UnopenedArchives.Advice);
            }

            return Line(facts, "retention-defined", "Is retention defined and applied?", due.Length == 0,
                $"{Text(rules)}; {(due.Length == 0 ? "nothing is overdue" : $"overdue for more than {Duration.Format(PruningGrace)}: {Counted.Of(due.Length, "archive")}, such as {due[0]}")}",
                "Schedule Remove-SafeDbBackup (the nightly runbook does it).");
        }
        catch (Errors.SafeDbException problem)
        {
            return Line(facts, "retention-defined", "Is retention defined and applied?", false, problem.Message, problem.Error.RecommendedAction);
        }
    }

    private static string Text(RetentionSettings rules)
    {
        IEnumerable<string> parts = new[]
        {
            (rules.Within > TimeSpan.Zero, $"within {Duration.Format(rules.Within)}"), (rules.Last > 0, $"last {rules.Last}"), (rules.Hourly > 0, $"hourly {rules.Hourly}"), (rules.Daily > 0, $"daily {rules.Daily}"),
            (rules.Weekly > 0, $"weekly {rules.Weekly}"), (rules.Monthly > 0, $"monthly {rules.Monthly}"), (rules.Yearly > 0, $"yearly {rules.Yearly}"), (true, $"minimum {rules.Minimum}"),
        }.Where(part => part.Item1).Select(part => part.Item2);
        return string.Join(", ", parts);
    }
}
