namespace SafeDb.Cli.Tests;

public sealed class SmokeTests
{
    [Xunit.Fact]
    public void The_assembly_loads() => Xunit.Assert.NotNull(typeof(SafeDb.Errors.SafeDbError).Assembly.Location);
}
