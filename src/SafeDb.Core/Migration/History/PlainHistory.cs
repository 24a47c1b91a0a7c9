using System.Globalization;

using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>SafeDb's own history: <c>safedb_migrations</c>, one row per migration with its last state.</summary>
internal sealed class PlainHistory(HistoryEngine engine) : HistoryTable(engine)
{
    public override string Format => "plain";

    protected override string Table => "safedb_migrations";

    protected override IReadOnlyList<string> TellingColumns => ["id", "checksum", "state", "run_id"];

    public override async Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(
            session, "select id, state, checksum, finished_at, schema_fingerprint from safedb_migrations order by started_at, id", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new AppliedMigration((string)row[0]!, State((string)row[1]!), (string?)row[2], HistoryEngine.ReadMoment(row[3])) { SchemaFingerprint = (string?)row[4] })];
    }

    public override async Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        if (entry.Event == MigrationEvent.SchemaRead)
        {
            await HistoryEngine.ExecuteAsync(
                session, "update safedb_migrations set schema_fingerprint = @p1 where id = @p0", cancellationToken, entry.Script.Id, entry.SchemaFingerprint).ConfigureAwait(false);
            return;
        }

        const string Upsert = """
            insert into safedb_migrations (id, name, checksum, state, started_at, finished_at, duration_ms, rows_affected, run_id, schema_fingerprint, tool_version)
            values (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, null, @p9)
            on conflict (id) do update set name = excluded.name, checksum = excluded.checksum, state = excluded.state, started_at = excluded.started_at, finished_at = excluded.finished_at,
              duration_ms = excluded.duration_ms, rows_affected = excluded.rows_affected, run_id = excluded.run_id, schema_fingerprint = null, tool_version = excluded.tool_version
            """;
        await HistoryEngine.ExecuteAsync(
            session, Upsert, cancellationToken, entry.Script.Id, entry.Script.Name, entry.Script.Checksum, StateText(entry.Event), Text(entry.StartedAt),
            entry.Event == MigrationEvent.Started ? null : Text(entry.FinishedAt), (long)(entry.FinishedAt - entry.StartedAt).TotalMilliseconds, entry.RowsAffected, entry.RunId,
            ToolVersion.Current).ConfigureAwait(false);
    }

    private static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string StateText(MigrationEvent what) => what switch
    {
        MigrationEvent.Applied or MigrationEvent.Baselined => "applied",
        MigrationEvent.RolledBack => "rolled back",
        _ => "failed",
    };

    private AppliedState State(string text) => text switch
    {
        "applied" => AppliedState.Applied,
        "rolled back" => AppliedState.RolledBack,
        "failed" => AppliedState.Failed,
        _ => throw HistoryErrors.Unexpected.Exception(Table, $"the state {text}"),
    };
}
