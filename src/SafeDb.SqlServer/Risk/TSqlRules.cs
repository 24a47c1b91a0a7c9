using SafeDb.SqlServer.Risk.Rules;

namespace SafeDb.SqlServer.Risk;

/// <summary>Every rule of T-SQL.</summary>
internal static class TSqlRules
{
    public static readonly IReadOnlyList<ITSqlRule> All =
    [
        new AddConstraintScansTable(), new AddDefaultRewritesTable(), new AddNotNullWithoutDefault(), new AlterColumnOmitsNullability(), new AlterColumnType(), new AlterDatabaseDisrupts(),
        new ConstraintLeftUntrusted(), new DisableConstraint(), new DropBreaksCode(), new DropColumn(), new DropConstraint(), new DropIndex(), new DropTable(), new GuardRaces(), new IdentityReseed(), new IndexBuiltOffline(),
        new LargeChangeEscalates(), new Merge(), new NotInAzureSql(), new NotInTransaction(), new OnlineNotAvailable(), new Rename(), new SetNotNullScansTable(), new SwitchPartition(), new SystemVersioningOff(), new XactAbortOff(),
    ];
}
