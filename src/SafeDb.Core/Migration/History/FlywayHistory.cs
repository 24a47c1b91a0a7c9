using System.Globalization;

using SafeDb.Migration.Formats;
using SafeDb.Providers;

namespace SafeDb.Migration.History;

/// <summary>Flyway's <c>flyway_schema_history</c>: one row per run of a script, in the order of <c>installed_rank</c>; undo is a row of its own.</summary>
internal sealed class FlywayHistory(HistoryEngine engine) : HistoryTable(engine)
{
    public override string Format => "flyway";

    protected override string Table => "flyway_schema_history";

    protected override IReadOnlyList<string> TellingColumns => ["installed_rank", "version", "description", "type", "script", "checksum", "success"];

    public override async Task<IReadOnlyList<AppliedMigration>> ReadAsync(IDatabaseSession session, CancellationToken cancellationToken)
    {
        IReadOnlyList<object?[]> rows = await HistoryEngine.QueryAsync(
            session, "select version, description, type, checksum, installed_on, success from flyway_schema_history order by installed_rank", cancellationToken).ConfigureAwait(false);
        var applied = new List<AppliedMigration>();
        foreach (object?[] row in rows)
        {
            string? version = (string?)row[0];
            string type = (string)row[2]!;
            if (type == "SCHEMA")
            {
                continue;
            }

            string id = version is null ? $"R__{row[1]}" : FlywayVersion.Parse(version).ToString();
            if (type == "DELETE")
            {
                // Flyway's repair writes it for a migration whose file is gone: it is no more.
                applied.RemoveAll(other => other.Id == id);
                continue;
            }

            bool success = Convert.ToBoolean(row[5], CultureInfo.InvariantCulture);
            bool undo = type.StartsWith("UNDO", StringComparison.Ordinal);
            if (undo || version is null)
            {
                // Only the last run of a repeatable counts, and an undo takes the version out.
                applied.RemoveAll(other => other.Id == id);
            }

            AppliedState state = !success ? AppliedState.Failed : undo ? AppliedState.RolledBack : AppliedState.Applied;
            string? checksum = row[3] is null ? null : Convert.ToString(row[3], CultureInfo.InvariantCulture);
            applied.Add(new AppliedMigration(id, state, checksum, HistoryEngine.ReadMoment(row[4])) { IsBaseline = type.EndsWith("BASELINE", StringComparison.Ordinal) });
        }

        return applied;
    }

    public override async Task RecordAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        if (entry.Event is MigrationEvent.Started or MigrationEvent.SchemaRead)
        {
            return;
        }

        if (entry.Event == MigrationEvent.Baselined)
        {
            await BaselineAsync(session, entry, cancellationToken).ConfigureAwait(false);
            return;
        }

        // What is left of an earlier failure goes, as Flyway's repair does.
        await HistoryEngine.ExecuteAsync(
            session, "delete from flyway_schema_history where script = @p0 and success = @p1", cancellationToken, Script(entry), Engine.Boolean(false)).ConfigureAwait(false);
        string insert = $"""
            insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
            select coalesce(max(installed_rank), 0) + 1, @p0, @p1, @p2, @p3, @p4, {Engine.Expressions.User}, @p5, @p6 from flyway_schema_history
            """;
        bool undo = entry.Event == MigrationEvent.RolledBack;
        object? checksum = undo && entry.Script.DownSql is string down ? MigrationChecksums.Flyway(down) : int.Parse(entry.Script.Checksum, CultureInfo.InvariantCulture);
        await HistoryEngine.ExecuteAsync(
            session, insert, cancellationToken, entry.Script.Repeatable ? null : entry.Script.Id, entry.Script.Name, Type(entry), Script(entry), checksum,
            (int)(entry.FinishedAt - entry.StartedAt).TotalMilliseconds, Engine.Boolean(entry.Event != MigrationEvent.Failed)).ConfigureAwait(false);
    }

    /// <summary>Flyway keeps one baseline, as the first row, for every version up to its own.</summary>
    private async Task BaselineAsync(IDatabaseSession session, MigrationRecord entry, CancellationToken cancellationToken)
    {
        if (await HistoryEngine.ScalarAsync(session, "select count(*) from flyway_schema_history where type not in ('BASELINE', 'SCHEMA')", cancellationToken).ConfigureAwait(false) is not (0L or 0))
        {
            throw MigrationErrors.BaselineRefused.Exception(Table);
        }

        const string Text = "<< Flyway Baseline >>";
        await HistoryEngine.ExecuteAsync(session, "delete from flyway_schema_history where type = 'BASELINE'", cancellationToken).ConfigureAwait(false);
        string insert = $"""
            insert into flyway_schema_history (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
            select coalesce(max(installed_rank), 0) + 1, @p0, @p1, 'BASELINE', @p1, null, {Engine.Expressions.User}, 0, @p2 from flyway_schema_history
            """;
        await HistoryEngine.ExecuteAsync(session, insert, cancellationToken, entry.Script.Id, Text, Engine.Boolean(true)).ConfigureAwait(false);
    }

    private static string Type(MigrationRecord entry) => entry.Event == MigrationEvent.RolledBack ? "UNDO_SQL" : entry.Script.Kind == MigrationKind.Baseline ? "SQL_BASELINE" : "SQL";

    /// <summary>The file as Flyway names it: by its path from the location, of the undo script too.</summary>
    private static string Script(MigrationRecord entry)
    {
        MigrationScript script = entry.Script;
        string up = script.HistoryName ?? Path.GetFileName(script.Path);
        return entry.Event == MigrationEvent.RolledBack && script.DownPath is string down ? Path.GetRelativePath(script.Path[..^up.Length], down).Replace('\\', '/') : up;
    }
}
