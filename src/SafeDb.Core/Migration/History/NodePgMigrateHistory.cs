using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>
/// node-pg-migrate's <c>pgmigrations</c>. Its column is a timestamp without time zone out of the server's own clock and zone, and its order check compares that column with the files:
/// so the server writes it, never the client.
/// </summary>
internal sealed class NodePgMigrateHistory(HistoryEngine engine) : HistoryTable(engine)
{
    public override string Format => "node-pg-migrate";

    protected override string Table => "pgmigrations";

    protected override IReadOnlyList<string> TellingColumns => ["id", "name", "run_on"];

    public override async Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, "select name, run_on from pgmigrations order by run_on, id", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new AppliedMigration((string)row[0]!, AppliedState.Applied, null, HistoryEngine.ReadMoment(row[1])))];
    }

    public override async Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        switch (entry.Event)
        {
            case MigrationEvent.Applied or MigrationEvent.Baselined:
                await HistoryEngine.ExecuteAsync(session, "insert into pgmigrations (name, run_on) values (@p0, now())", cancellationToken, entry.Script.Id).ConfigureAwait(false);
                break;
            case MigrationEvent.RolledBack:
                await HistoryEngine.ExecuteAsync(session, "delete from pgmigrations where name = @p0", cancellationToken, entry.Script.Id).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }
}
