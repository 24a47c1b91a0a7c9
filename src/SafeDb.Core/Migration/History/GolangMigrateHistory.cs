using System.Globalization;

using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>golang-migrate's <c>schema_migrations</c>: one row with the newest version and whether it was left half done.</summary>
internal sealed class GolangMigrateHistory(HistoryEngine engine) : HistoryTable(engine)
{
    public override string Format => "golang-migrate";

    protected override string Table => "schema_migrations";

    protected override IReadOnlyList<string> TellingColumns => ["version", "dirty"];

    public override async Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(session, "select version, dirty from schema_migrations", cancellationToken).ConfigureAwait(false);
        if (rows.Count > 1)
        {
            throw HistoryErrors.Unexpected.Exception(Table, "more than one row");
        }

        return [.. rows.Select(row => new AppliedMigration(
            Convert.ToString(row[0], CultureInfo.InvariantCulture)!, Convert.ToBoolean(row[1], CultureInfo.InvariantCulture) ? AppliedState.Failed : AppliedState.Applied, null, null)
        {
            CoversEarlier = true,
        })];
    }

    public override async Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        if (entry.Event == MigrationEvent.SchemaRead)
        {
            return;
        }

        string? version = entry.Event == MigrationEvent.RolledBack ? entry.PreviousId : entry.Script.Id;
        bool dirty = entry.Event is MigrationEvent.Started or MigrationEvent.Failed;
        await HistoryEngine.ExecuteAsync(session, "delete from schema_migrations", cancellationToken).ConfigureAwait(false);
        if (version is not null)
        {
            await HistoryEngine.ExecuteAsync(
                session, "insert into schema_migrations (version, dirty) values (@p0, @p1)", cancellationToken, long.Parse(version, CultureInfo.InvariantCulture), Engine.Boolean(dirty)).ConfigureAwait(false);
        }
    }
}
