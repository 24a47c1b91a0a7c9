using System.IO.Enumeration;

using SafeDb.Addresses;
using SafeDb.Backup;
using SafeDb.Catalogue;
using SafeDb.Configuration;
using SafeDb.Errors;
using SafeDb.Readiness;

namespace SafeDb.Schedules;

/// <summary>What registering will do.</summary>
/// <param name="Platform">What will keep the schedule.</param>
/// <param name="Spec">The schedule.</param>
/// <param name="Entry">What it will say of itself.</param>
/// <param name="Definition">The lines or files.</param>
public sealed record SchedulePlan(SchedulePlatform Platform, ScheduleSpec Spec, ScheduleEntry Entry, string Definition)
{
    /// <summary>Whether the definition is only given: the platform is not one that SafeDb changes.</summary>
    public bool PrintsOnly => Platform is SchedulePlatform.AzureAutomation or SchedulePlatform.GitHub;

    /// <inheritdoc/>
    public override string ToString() => PrintsOnly ? $"Print {Entry.Name} for {Platform}" : $"Register {Entry.Name} ({Entry.When}) with {Platform}";
}

/// <summary>Makes, lists and removes schedules.</summary>
/// <param name="engine">What the use case needs from outside.</param>
/// <param name="schedulers">The platforms, the preferred one first.</param>
/// <param name="lookup">Reads an environment variable; the process environment when null.</param>
public sealed class ScheduleService(SafeDbEngine engine, IReadOnlyList<IScheduler> schedulers, Func<string, string?>? lookup = null)
{
    /// <summary>The platforms of this machine.</summary>
    public static IReadOnlyList<IScheduler> OfMachine(TimeProvider clock)
    {
        var programs = new ProgramRunner();
        return [new SystemdScheduler(programs), new CronScheduler(programs), new WindowsTaskScheduler(programs, clock)];
    }

    /// <summary>Says what registering would do. Changes nothing.</summary>
    public SchedulePlan Plan(ScheduleSpec spec, SchedulePlatform platform, SafeDbConfiguration configuration)
    {
        // Only names: an address or a destination could bring a password or token onto a command line that everybody can list.
        if (!configuration.Databases.ContainsKey(spec.Database))
        {
            throw ScheduleErrors.NotConfigured.Exception();
        }

        if (spec.Command.Concat([spec.Database, spec.ConfigPath, spec.EvidencePath, spec.EnvironmentFile ?? string.Empty]).Any(text => text.Any(char.IsControl)))
        {
            throw ScheduleErrors.Unprintable.Exception();
        }

        ScheduleEntry entry = spec.Entry(engine.Clock.GetUtcNow());
        if (platform is SchedulePlatform.AzureAutomation or SchedulePlatform.GitHub)
        {
            return new SchedulePlan(platform, spec, entry, PrintedDefinitions.Of(platform, spec, entry, configuration, EngineOf(spec.Database, configuration), engine.Clock.GetUtcNow()));
        }

        IScheduler scheduler = Find(platform);
        CheckEnvironmentFile(spec.EnvironmentFile, scheduler.Platform);
        CheckVariables(spec, scheduler.Platform, configuration);
        return new SchedulePlan(scheduler.Platform, spec, entry, scheduler.Define(spec, entry));
    }

    /// <summary>Makes the schedule and looks whether the platform keeps it as it was given.</summary>
    public async Task<ScheduleInfo> RegisterAsync(SchedulePlan plan, CancellationToken cancellationToken)
    {
        if (!plan.PrintsOnly)
        {
            await Find(plan.Platform).RegisterAsync(plan.Spec, plan.Entry, cancellationToken).ConfigureAwait(false);
        }

        return new ScheduleInfo(plan.Entry.Name, plan.Entry.Task, plan.Entry.Database, plan.Platform)
        {
            When = plan.Entry.When, Definition = plan.Definition, EvidencePath = plan.PrintsOnly ? null : plan.Entry.EvidencePath,
            State = plan.PrintsOnly ? "definition only: nothing was changed" : "registered",
        };
    }

    /// <summary>The schedules that SafeDb made on this machine, and whether they really run.</summary>
    /// <param name="database">Only those of this database; null for all.</param>
    /// <param name="name">Only those of this name, which may hold * and ?; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<ScheduleInfo>> ListAsync(string? database, string? name, CancellationToken cancellationToken)
    {
        var all = new List<ScheduleInfo>();
        foreach (IScheduler scheduler in schedulers.Where(scheduler => scheduler.IsAvailable))
        {
            foreach (KeptSchedule kept in await scheduler.ListAsync(cancellationToken).ConfigureAwait(false))
            {
                bool wanted = database is null || string.Equals(kept.Entry.Database, database, StringComparison.OrdinalIgnoreCase);
                if (wanted && (name is null || FileSystemName.MatchesSimpleExpression(name, kept.Entry.Name)))
                {
                    DateTimeOffset? newest = kept.Entry.Task == ScheduledTask.NightlyBackup ? await NewestBackupAsync(kept.Entry, cancellationToken).ConfigureAwait(false) : null;
                    all.Add(ScheduleJudge.Judge(scheduler.Platform, kept, ReadinessFiles.Heartbeats(kept.Entry.EvidencePath), newest, engine.Clock.GetUtcNow()));
                }
            }
        }

        return all;
    }

    /// <summary>Refuses a name that no platform keeps: what a removal would do, without it.</summary>
    public async Task RefuseUnknownAsync(string name, CancellationToken cancellationToken)
    {
        foreach (IScheduler scheduler in schedulers.Where(scheduler => scheduler.IsAvailable))
        {
            if ((await scheduler.ListAsync(cancellationToken).ConfigureAwait(false)).Any(kept => kept.Entry.Name == name))
            {
                return;
            }
        }

        throw ScheduleErrors.NotFound.Exception(name);
    }

    /// <summary>Removes a schedule of this name from every platform that keeps one.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        int removed = 0;
        foreach (IScheduler scheduler in schedulers.Where(scheduler => scheduler.IsAvailable))
        {
            foreach (KeptSchedule kept in (await scheduler.ListAsync(cancellationToken).ConfigureAwait(false)).Where(kept => kept.Entry.Name == name))
            {
                await scheduler.RemoveAsync(kept.Entry, cancellationToken).ConfigureAwait(false);
                removed++;
            }
        }

        if (removed == 0)
        {
            throw ScheduleErrors.NotFound.Exception(name);
        }
    }

    private IScheduler Find(SchedulePlatform platform) =>
        schedulers.FirstOrDefault(scheduler => (platform == SchedulePlatform.Auto || scheduler.Platform == platform) && scheduler.IsAvailable)
        ?? throw ScheduleErrors.NoScheduler.Exception(platform == SchedulePlatform.Auto ? "A scheduler" : platform);

    private DatabaseEngine EngineOf(string database, SafeDbConfiguration configuration)
    {
        try
        {
            return engine.Resolver(configuration).Resolve(database, environment: null, lookup).Address.Engine;
        }
        catch (SafeDbException missing) when (missing.Id == ConfigurationErrors.EnvironmentMissing.Id)
        {
            throw ScheduleErrors.EngineUnknown.Exception(database, string.Join(", ", EnvironmentValues.Names(configuration.Databases[database].Address)));
        }
    }

    // Refused rather than warned of: a schedule that can only fail is worse than none, because it looks like one. A Windows task has the account's own variables.
    private static void CheckVariables(ScheduleSpec spec, SchedulePlatform platform, SafeDbConfiguration configuration)
    {
        if (platform == SchedulePlatform.WindowsTask)
        {
            return;
        }

        IReadOnlySet<string> set = spec.EnvironmentFile is { } file ? ScheduleVariables.SetBy(file) : new HashSet<string>(StringComparer.Ordinal);
        string[] missing = [.. ScheduleVariables.Of(configuration, spec.Database).Where(name => !set.Contains(name) && !spec.Variables.ContainsKey(name))];
        if (missing.Length > 0)
        {
            throw ScheduleErrors.VariablesMissing.Exception(spec.EnvironmentFile ?? platform.ToString(), string.Join(", ", missing));
        }
    }

    private static void CheckEnvironmentFile(string? file, SchedulePlatform platform)
    {
        if (file is null)
        {
            return;
        }

        if (platform == SchedulePlatform.WindowsTask || OperatingSystem.IsWindows())
        {
            throw ScheduleErrors.EnvironmentFileUnsupported.Exception(platform);
        }

        if (!File.Exists(file))
        {
            throw ScheduleErrors.EnvironmentFileMissing.Exception(file);
        }

        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
        {
            throw ScheduleErrors.EnvironmentFileOpen.Exception(file);
        }
    }

    // The archives are the proof that no log can forge; where they cannot be listed without the schedule's own variables, the heartbeats have to do.
    private async Task<DateTimeOffset?> NewestBackupAsync(ScheduleEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            SafeDbConfiguration configuration = ConfigurationLoader.Load(entry.ConfigPath, Path.GetDirectoryName(entry.ConfigPath)!);
            ResolvedDatabase database = engine.Resolver(configuration).Resolve(entry.Database, environment: null, lookup);
            ResolvedDestination destination = new DestinationResolver(configuration, lookup).Resolve(text: null, database.Settings, configuration.Folder!);
            var query = new CatalogueQuery(destination.Address) { Name = ArchiveName.DatabasePart(database.Address.DatabaseName) };
            return (await new BackupCatalogue(engine).ReadAsync(query, keys: null, cancellationToken).ConfigureAwait(false)).Max(backup => backup.CreatedAt);
        }
        catch (SafeDbException)
        {
            return null;
        }
    }
}
