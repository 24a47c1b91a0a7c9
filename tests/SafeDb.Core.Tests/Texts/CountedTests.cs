using Xunit;

namespace SafeDb.Core.Tests.Texts;

public sealed class CountedTests
{
    [Theory]
    [InlineData(0, "0 rows")]
    [InlineData(1, "1 row")]
    [InlineData(2, "2 rows")]
    [InlineData(12345, "12345 rows")]
    public void A_count_takes_the_noun_of_its_number(long count, string expected) => Assert.Equal(expected, Counted.Of(count, "row"));

    [Fact]
    public void A_run_of_one_reads_like_one()
    {
        Assert.Equal("1 batch", Counted.Of(1, "batch", "batches"));
        Assert.Equal("2 batches", Counted.Of(2, "batch", "batches"));
        var rehearsal = new RehearsalReport(true, "f", [new MigrationStep("001", "one", "up", TimeSpan.Zero, [new StatementResult(1, 1, "update", 1, TimeSpan.Zero)])], []);
        Assert.Contains(" 1 row changed, 0 values lost", rehearsal.ToString(), StringComparison.Ordinal);
    }
}
