using SafeDb.SqlServer.Risk.Rules;

namespace SafeDb.SqlServer.Risk;

/// <summary>Every rule of T-SQL.</summary>
internal static class TSqlRules
{
    public static readonly IReadOnlyList<ITSqlRule> All =
    [
        new AddConstraintScansTable(), new AddDefaultRewritesTable(), new AddNotNullWithoutDefault(), new AlterColumnOmitsNullability(), new AlterColumnType(),
        new ConstraintLeftUntrusted(), new DisableConstraint(), new DropColumn(), new DropConstraint(), new DropTable(), new GuardRaces(), new IndexBuiltOffline(),
        new LargeChangeEscalates(), new Merge(), new NotInTransaction(), new OnlineNotAvailable(), new Rename(), new SetNotNullScansTable(), new SystemVersioningOff(), new XactAbortOff(),
    ];
}
