using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>dbmate's <c>schema_migrations</c>: a list of versions and nothing else.</summary>
internal sealed class DbmateHistory(HistoryEngine engine) : HistoryTable(engine)
{
    public override string Format => "dbmate";

    protected override string Table => "schema_migrations";

    protected override IReadOnlyList<string> TellingColumns => ["version"];

    public override async Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, "select version from schema_migrations order by version", cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new AppliedMigration((string)row[0]!, AppliedState.Applied, null, null))];
    }

    public override async Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        switch (entry.Event)
        {
            case MigrationEvent.Applied or MigrationEvent.Baselined:
                await HistoryEngine.ExecuteAsync(session, "insert into schema_migrations (version) values (@p0)", cancellationToken, entry.Script.Id).ConfigureAwait(false);
                break;
            case MigrationEvent.RolledBack:
                await HistoryEngine.ExecuteAsync(session, "delete from schema_migrations where version = @p0", cancellationToken, entry.Script.Id).ConfigureAwait(false);
                break;
            default:
                break;
        }
    }

    protected override bool IsOwn(IReadOnlyList<string> columns) => columns is ["version"];
}
