namespace SafeDb.Migration.History;

/// <summary>The histories of every tool on one engine.</summary>
public static class MigrationHistories
{
    /// <summary>The histories of the tools that know the engine.</summary>
    public static IReadOnlyList<IMigrationHistory> On(HistoryEngine engine) =>
        [.. new IMigrationHistory[]
        {
            new PlainHistory(engine), new PrismaHistory(engine), new NodePgMigrateHistory(engine), new FlywayHistory(engine), new GolangMigrateHistory(engine), new DbmateHistory(engine),
        }.Where(history => engine.CreateStatements(history.Format) is not null)];
}
