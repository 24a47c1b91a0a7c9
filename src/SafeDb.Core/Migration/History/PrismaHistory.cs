using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>
/// Prisma Migrate's <c>_prisma_migrations</c>. A row counts as applied when it is finished and not rolled back, and as failed when it is neither. A retry updates the failed row,
/// because some engines compare the files for ever with the first row of a name.
/// </summary>
internal sealed class PrismaHistory(HistoryEngine engine) : HistoryTable(engine)
{
    public override string Format => "prisma";

    protected override string Table => "_prisma_migrations";

    protected override IReadOnlyList<string> TellingColumns => ["checksum", "finished_at", "migration_name", "rolled_back_at", "applied_steps_count"];

    public override async Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(
            session, "select migration_name, checksum, finished_at, rolled_back_at from _prisma_migrations order by started_at, migration_name", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new AppliedMigration((string)row[0]!, State(row[2], row[3]), (string?)row[1], HistoryEngine.ReadMoment(row[2])))];
    }

    public override async Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        object started = await MomentAsync(session, "started_at", entry.StartedAt, cancellationToken).ConfigureAwait(false);
        object finished = await MomentAsync(session, "started_at", entry.FinishedAt, cancellationToken).ConfigureAwait(false);
        switch (entry.Event)
        {
            case MigrationEvent.Started:
                await WriteAsync(session, entry, started, null, 0, null, cancellationToken).ConfigureAwait(false);
                break;
            case MigrationEvent.Applied:
                await WriteAsync(session, entry, started, finished, 1, null, cancellationToken).ConfigureAwait(false);
                break;
            case MigrationEvent.Baselined:
                await CloseFailedAsync(session, entry, finished, cancellationToken).ConfigureAwait(false);
                await InsertAsync(session, entry, finished, finished, 0, "", cancellationToken).ConfigureAwait(false);
                break;
            case MigrationEvent.Failed:
                await WriteAsync(session, entry, started, null, 0, entry.Log, cancellationToken).ConfigureAwait(false);
                break;
            case MigrationEvent.RolledBack:
                await HistoryEngine.ExecuteAsync(
                    session, "update _prisma_migrations set rolled_back_at = @p1 where migration_name = @p0 and rolled_back_at is null", cancellationToken, entry.Script.Id, finished).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    private static async Task WriteAsync(IDatabaseSession session, MigrationRecord entry, object started, object? finished, int steps, string? log, CancellationToken cancellationToken)
    {
        const string Update = """
            update _prisma_migrations set checksum = @p1, started_at = @p2, finished_at = @p3, applied_steps_count = @p4, logs = @p5
            where migration_name = @p0 and finished_at is null and rolled_back_at is null
            """;
        int updated = await HistoryEngine.ExecuteAsync(
            session, Update, cancellationToken, entry.Script.Id, entry.Script.Checksum, started, finished, steps, log).ConfigureAwait(false);
        if (updated == 0)
        {
            await InsertAsync(session, entry, started, finished, steps, log, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task InsertAsync(IDatabaseSession session, MigrationRecord entry, object started, object? finished, int steps, string? log, CancellationToken cancellationToken)
    {
        const string Insert = """
            insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count, logs)
            values (@p0, @p1, @p2, @p3, @p4, @p5, @p6)
            """;
        return HistoryEngine.ExecuteAsync(
            session, Insert, cancellationToken, Guid.NewGuid().ToString(), entry.Script.Checksum, entry.Script.Id, started, finished, steps, log);
    }

    private static Task CloseFailedAsync(IDatabaseSession session, MigrationRecord entry, object moment, CancellationToken cancellationToken) => HistoryEngine.ExecuteAsync(
        session, "update _prisma_migrations set rolled_back_at = @p1 where migration_name = @p0 and finished_at is null and rolled_back_at is null", cancellationToken, entry.Script.Id, moment);

    private Task<object> MomentAsync(IDatabaseSession session, string column, DateTimeOffset moment, CancellationToken cancellationToken) =>
        Engine.MomentAsync(session, Table, column, moment, cancellationToken);

    private static AppliedState State(object? finished, object? rolledBack) => (finished, rolledBack) switch
    {
        (_, not null) => AppliedState.RolledBack,
        (not null, null) => AppliedState.Applied,
        _ => AppliedState.Failed,
    };
}
