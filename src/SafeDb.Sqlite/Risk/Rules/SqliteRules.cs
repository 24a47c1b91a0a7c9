namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>The rules of SQLite. The one list of them.</summary>
internal static class SqliteRules
{
    public static IReadOnlyList<ISqliteRule> All { get; } =
    [
        new AddColumnFailsWithRows(),
        new AddColumnImpossible(),
        new AttachedDatabase(),
        new CopyByPosition(),
        new DeferForeignKeysIneffective(),
        new DropColumnImpossible(),
        new DropColumnLosesValues(),
        new DropTableBreaksViews(),
        new DropTableDeletesChildren(),
        new DropTableLosesRows(),
        new DropViewOrTrigger(),
        new FeatureNotInVersion(),
        new ForeignKeysLeftOff(),
        new ForeignKeysPragmaInTransaction(),
        new PrimaryKeyChanged(),
        new RebuildDeletesChildren(),
        new RebuildDropsColumn(),
        new RebuildLosesIndexesAndTriggers(),
        new RebuildLosesRows(),
        new RebuildLosesSequence(),
        new RebuildRenamesOldFirst(),
        new RebuildTightensColumn(),
        new RebuildUnchecked(),
        new RenameWithBrokenView(),
        new ReplaceDeletesRows(),
        new StrictTypeInvalid(),
        new SyntaxNotInSqlite(),
        new TransactionLeftOpen(),
        new TypeNotEnforced(),
        new UniqueIndexFailsOnDuplicates(),
        new UnsafePragma(),
        new VacuumInTransaction(),
        new WritableSchema(),
    ];
}
