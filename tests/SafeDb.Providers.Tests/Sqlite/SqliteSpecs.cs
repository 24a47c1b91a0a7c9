using SafeDb.Providers.Tests.Spec;

namespace SafeDb.Providers.Tests.Sqlite;

public sealed class SqliteProviderSpec : ProviderSpec
{
    protected override Task<EngineUnderTest> StartAsync() => Task.FromResult<EngineUnderTest>(new SqliteEngine());
}

public sealed class SqliteSessionSpec : SessionSpec
{
    protected override Task<EngineUnderTest> StartAsync() => Task.FromResult<EngineUnderTest>(new SqliteEngine());
}

public sealed class SqliteBackupSourceSpec : BackupSourceSpec
{
    protected override Task<EngineUnderTest> StartAsync() => Task.FromResult<EngineUnderTest>(new SqliteEngine());
}

public sealed class SqliteRestoreTargetSpec : RestoreTargetSpec
{
    protected override Task<EngineUnderTest> StartAsync() => Task.FromResult<EngineUnderTest>(new SqliteEngine());
}
