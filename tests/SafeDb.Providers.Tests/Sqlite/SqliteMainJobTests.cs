using SafeDb.Providers.Tests.Spec;

namespace SafeDb.Providers.Tests.Sqlite;

public sealed class SqliteMainJobTests : MainJobSpec
{
    protected override Task<EngineUnderTest> StartAsync() => Task.FromResult<EngineUnderTest>(new SqliteEngine());
}
