using System.Management.Automation;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Retention;

namespace SafeDb.PowerShell.Commands;

/// <summary>Removes the archives that no retention rule keeps. Never the last verified one of a database, never one under hold.</summary>
[Cmdlet(VerbsCommon.Remove, "SafeDbBackup", DefaultParameterSetName = ByRule, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, HelpUri = HelpLinks.Root + "Remove-SafeDbBackup.md")]
[OutputType(typeof(BackupInfo))]
public sealed class RemoveSafeDbBackupCommand : ArchiveCmdlet
{
    private const string ByRule = "Rule";
    private const string ByName = "Backup";

    private readonly List<string> _named = [];

    /// <summary>Only archives of this database: an address, or its name in safedb.json. Its own destination is pruned, by its own policy, unless the parameters say otherwise.</summary>
    [Parameter(Position = 0, ParameterSetName = ByRule)]
    [ArgumentCompleter(typeof(Completion.DatabaseCompleter))]
    public string? Database { get; set; }

    /// <summary>What is pruned: a folder, a blob address, or the name of a destination in safedb.json.</summary>
    [Parameter(Position = 1, ParameterSetName = ByRule)]
    [ArgumentCompleter(typeof(Completion.DestinationCompleter))]
    public string? Destination { get; set; }

    /// <summary>The archives to remove: files (wildcards are allowed) or blob addresses of one destination.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ByName, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    public string[] Backup { get; set; } = [];

    /// <summary>Keep everything younger than this, counted from the newest archive. With any -Keep parameter the policy's own rules count no more.</summary>
    [Parameter(ParameterSetName = ByRule)]
    public TimeSpan KeepWithin { get; set; }

    /// <summary>Keep the newest so many.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>Keep one for each of so many hours that have one.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepHourly { get; set; }

    /// <summary>Keep one for each of so many days that have one.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepDaily { get; set; }

    /// <summary>Keep one for each of so many ISO weeks that have one.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepWeekly { get; set; }

    /// <summary>Keep one for each of so many months that have one.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepMonthly { get; set; }

    /// <summary>Keep one for each of so many years that have one.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepYearly { get; set; }

    /// <summary>Never fewer than this many of a database. By default the policy's minimum, which is 3.</summary>
    [Parameter(ParameterSetName = ByRule)]
    [ValidateRange(0, int.MaxValue)]
    public int KeepMinimum { get; set; }

    private protected override void ProcessItem()
    {
        if (ParameterSetName == ByName)
        {
            _named.AddRange(Backup.SelectMany(Locations));
            return;
        }

        ErrorTarget = Database ?? Destination;
        ResolvedDatabase? database = Database is null && Destination is not null ? null : ResolveDatabase(Database);
        ResolvedDestination target = ResolveDestination(Destination, database?.Settings);
        string destination = target.Address;
        Policy policy = database?.Policy ?? Core.Resolver(Configuration).PolicyOf(Environment);
        using ArchiveKeys? keys = OpenKeys();
        var query = new CatalogueQuery(destination) { Name = database is null ? null : ArchiveName.DatabasePart(database.Address.DatabaseName) };
        PrunePlan plan = Run((_, stop) => new PruneService(Core).PlanAsync(query, keys, Rules(policy.Retention), target.Settings?.TierAfter, stop));
        Carry(plan, destination);
    }

    private protected override void FinishItems()
    {
        string[] destinations = [.. _named.Select(ArchiveLocation.DestinationOf).Distinct(StringComparer.Ordinal)];
        if (destinations.Length == 0)
        {
            return;
        }

        if (destinations.Length > 1)
        {
            throw RetentionErrors.SeveralDestinations.Exception();
        }

        ErrorTarget = destinations[0];
        var names = _named.Select(location => Core.Stores.Locate(location).Name).ToHashSet(StringComparer.Ordinal);
        using ArchiveKeys? keys = OpenKeys();
        Carry(Run((_, stop) => new PruneService(Core).PlanSelectedAsync(destinations[0], names, keys, stop)), destinations[0]);
    }

    private RetentionSettings Rules(RetentionSettings policy)
    {
        Dictionary<string, object> bound = MyInvocation.BoundParameters;
        int minimum = bound.ContainsKey(nameof(KeepMinimum)) ? KeepMinimum : policy.Minimum;
        string[] rules = [nameof(KeepWithin), nameof(KeepLast), nameof(KeepHourly), nameof(KeepDaily), nameof(KeepWeekly), nameof(KeepMonthly), nameof(KeepYearly)];
        return !rules.Any(bound.ContainsKey)
            ? policy with { Minimum = minimum }
            : new RetentionSettings
            {
                Within = KeepWithin, Last = KeepLast, Hourly = KeepHourly, Daily = KeepDaily, Weekly = KeepWeekly, Monthly = KeepMonthly, Yearly = KeepYearly, Minimum = minimum,
            };
    }

    // One decision after the other, so that each can be declined. What stays is written too: the output is the whole table with its reasons.
    private void Carry(PrunePlan plan, string destination)
    {
        var service = new PruneService(Core);
        foreach (PruneDecision decision in plan.Backups)
        {
            bool acts = !decision.Keep || decision.MoveTo is not null;
            if (!acts || !ShouldProcess($"{plan.Destination}: {decision.Backup.Name}", $"{(decision.Keep ? "Move" : "Remove")} ({decision.Backup.Reason})"))
            {
                Write(decision, decision.Keep ? "keep" : "would be removed");
                continue;
            }

            PruneDecision done = Run((observer, stop) => service.ExecuteAsync(plan with { Backups = [decision] }, destination, observer, stop))[0];
            Write(done, done.MoveTo is not null ? "moved" : done.Keep ? "keep" : "removed");
        }
    }

    private void Write(PruneDecision decision, string action)
    {
        var row = new PSObject(decision.Backup with { Reason = $"{action}: {decision.Backup.Reason}" });
        row.TypeNames.Insert(0, "SafeDb.BackupInfo#Retention");
        Give(row);
    }
}
