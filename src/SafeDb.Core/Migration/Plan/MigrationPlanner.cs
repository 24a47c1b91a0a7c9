using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Migration.Formats;
using SafeDb.Migration.History;
using SafeDb.Migration.Script;
using SafeDb.Migration.Status;
using SafeDb.Providers;
using SafeDb.Risk;
using SafeDb.Schema;

namespace SafeDb.Migration.Plan;

/// <summary>Makes plans. Reads folder and database, changes nothing.</summary>
/// <param name="context">The engine's parts.</param>
/// <param name="depth">How much the database is asked for the risk analysis.</param>
public sealed class MigrationPlanner(MigrationContext context, PlanDepth depth)
{
    /// <summary>Makes the plan of applying what is pending.</summary>
    public async Task<PlanningResult> PlanAsync(IDatabaseSession session, MigrationCommand command, CancellationToken cancellationToken)
    {
        if (command.Runner is not null)
        {
            return await new RunnerPlanner(context).PlanAsync(session, command, cancellationToken).ConfigureAwait(false);
        }

        Reading read = await ReadAsync(session, command, cancellationToken).ConfigureAwait(false);
        MigrationScript[] pending = [.. Pending(read.Items, command)];
        IReadOnlyList<FileRisk> risks = await new PlanRisk(context, depth).AnalyseAsync(session, read, [.. pending.Select(PlanRisk.File)], pending, command, cancellationToken).ConfigureAwait(false);
        var planned = pending.Select((script, index) => Planned(script, risks[index], command.Policy)).ToList();
        MigrationPlan plan = read.Plan(command, context.Clock) with
        {
            Migrations = planned, Status = [.. read.Items.Select(item => StatusOf(item, planned))],
            Gates = PlanGates.Judge(read.Items, planned, read.Interrupted, read.Applied, read.Schema, command),
        };
        return new PlanningResult(plan, read.Items, read.Interrupted, read.HistoryExists) { Pending = pending };
    }

    /// <summary>Reads folder, history, journal and schema.</summary>
    internal async Task<Reading> ReadAsync(IDatabaseSession session, MigrationCommand command, CancellationToken cancellationToken)
    {
        InterruptedRun? interrupted = InterruptedRun.From(await context.Journal.ReadAsync(session, cancellationToken).ConfigureAwait(false));
        if (interrupted is { Run.Runner: true })
        {
            return await new RunnerPlanner(context).ReadAsync(session, command, interrupted, cancellationToken).ConfigureAwait(false);
        }

        MigrationFolder folder = MigrationFolderReader.Read(command.Folder);
        IMigrationFormat format = await FormatOfAsync(session, folder, command.Format, cancellationToken).ConfigureAwait(false);
        IMigrationHistory history = context.History(format.Name);
        CheckProvider(folder, format);
        IReadOnlyList<MigrationScript> scripts = format.Read(folder);
        bool exists = await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AppliedMigration> applied = exists ? await history.ReadAsync(session, cancellationToken).ConfigureAwait(false) : [];
        IReadOnlyList<InventoryItem> items = MarkInterrupted(MigrationInventory.Compare(scripts, applied), interrupted);
        DatabaseSchema schema = await context.SchemaAsync(session, cancellationToken).ConfigureAwait(false);
        return new Reading(folder.Path, format.Name, items, applied, interrupted, exists, schema);
    }

    /// <summary>The hazards of a file for a plan.</summary>
    internal static IReadOnlyList<PlannedHazard> Hazards(FileRisk risk) =>
    [
        .. risk.Findings.Select(finding => Hazard(finding, DataLoss.None)),
        .. risk.Statements.SelectMany(statement => statement.Findings.Select(finding => Hazard(finding, statement.DataLoss) with { Line = statement.Location.Line })),
    ];

    private async Task<IMigrationFormat> FormatOfAsync(IDatabaseSession session, MigrationFolder folder, string? name, CancellationToken cancellationToken)
    {
        var present = new List<string>();
        foreach (IMigrationHistory history in context.Histories)
        {
            if (await history.ExistsAsync(session, cancellationToken).ConfigureAwait(false))
            {
                present.Add(history.Format);
            }
        }

        return FormatCatalog.Choose(folder, name, present);
    }

    private void CheckProvider(MigrationFolder folder, IMigrationFormat format)
    {
        if (format.Name == "prisma" && PrismaFormat.LockedProvider(folder) is string provider)
        {
            DatabaseEngine? named = provider switch
            {
                "postgresql" or "postgres" or "cockroachdb" => DatabaseEngine.PostgreSql,
                "sqlite" => DatabaseEngine.Sqlite,
                "sqlserver" => DatabaseEngine.SqlServer,
                _ => null,
            };
            if (named != context.Engine.Engine)
            {
                throw FormatErrors.ProviderMismatch.Exception(provider, context.Engine.Engine);
            }
        }
    }

    private static IReadOnlyList<InventoryItem> MarkInterrupted(IReadOnlyList<InventoryItem> items, InterruptedRun? interrupted) =>
        interrupted?.Partial is not { } partial ? items
        : [.. items.Select(item => item.Id == partial.Migration && item.State != MigrationState.Applied ? item with { State = MigrationState.Interrupted } : item)];

    private static IEnumerable<MigrationScript> Pending(IReadOnlyList<InventoryItem> items, MigrationCommand command)
    {
        IEnumerable<MigrationScript> pending = items
            .Where(item => item.IsPending || (item.State == MigrationState.Failed && command.Allowed.Contains(PlanGates.RetryFailed, StringComparer.OrdinalIgnoreCase)))
            .Where(item => item.Script is not null).Select(item => item.Script!);
        if (command.Target is null)
        {
            return pending;
        }

        MigrationScript[] list = [.. pending];
        int last = Array.FindIndex(list, script => Matches(script, command.Target));
        return last >= 0 ? list[..(last + 1)]
            : items.Any(item => item.Script is not null && Matches(item.Script, command.Target)) ? []
            : throw MigrationErrors.NoSuchMigration.Exception(command.Target);
    }

    /// <summary>Whether a person means the script by the text.</summary>
    internal static bool Matches(MigrationScript script, string text) =>
        script.Id.Equals(text, StringComparison.OrdinalIgnoreCase) || script.Name.Equals(text, StringComparison.OrdinalIgnoreCase)
        || $"{script.Id}_{script.Name}".Equals(text, StringComparison.OrdinalIgnoreCase);

    private static PlannedHazard Hazard(RiskFinding finding, DataLoss loss) =>
        new(finding.Rule, finding.Level, finding.Message, finding.Advice, finding.AllowedBy) { MayLoseData = loss != DataLoss.None };

    private PlannedMigration Planned(MigrationScript script, FileRisk risk, Policy policy)
    {
        ExecutableScript executable = context.Scripts.ReadUp(script);
        context.Scripts.ReadDown(script);
        return new PlannedMigration
        {
            Id = script.Id, Name = script.Name, Path = script.Path, ContentHash = script.ContentHash, DownHash = script.DownSql is null ? null : MigrationChecksums.Content(script.DownSql),
            WayBack = PlanGates.WayBackOf(script, policy), ManualRollback = script.ManualRollback, Atomic = executable.IsAtomic, Level = risk.Level,
            Hazards = Hazards(risk), Statements = Statements(executable),
        };
    }

    /// <summary>The statements of a script for a plan.</summary>
    internal static IReadOnlyList<PlannedStatement> Statements(ExecutableScript script) => [.. script.Segments.SelectMany(segment => segment.Statements.Select(statement =>
        new PlannedStatement(statement.Index, statement.Line, SqlPreview.Of(statement.Sql), segment.Kind)))];

    /// <summary>Where a migration stands, for a person.</summary>
    internal static MigrationStatus StatusOf(InventoryItem item, IReadOnlyList<PlannedMigration> planned) => new(item.Id, item.Script?.Name ?? item.Id, item.State)
    {
        Path = item.Script?.Path, AppliedAt = item.Applied?.AppliedAt, Level = planned.FirstOrDefault(migration => migration.Id == item.Id && item.IsPending)?.Level,
        WayBack = item.Script?.DownSql is not null ? "down script" : item.Script?.ManualRollback is not null ? "manual" : "none",
        Problem = item.State switch
        {
            MigrationState.Failed => "The history says that it began and did not end.",
            MigrationState.Edited => "Its file was changed after it was applied.",
            MigrationState.Missing => "It is applied, and its file is gone.",
            MigrationState.OutOfOrder => "A later migration is applied already.",
            MigrationState.Interrupted => "A run was interrupted in the middle of it.",
            _ => null,
        },
    };
}
