using SafeDb.Archive;

using Xunit;

namespace SafeDb.Core.Tests.Archive;

public sealed class TablePatternTests
{
    [Theory]
    [InlineData("orders", "public", "orders", true)]
    [InlineData("p*", "public", "orders", false)]
    [InlineData("p*", "public", "people", true)]
    [InlineData("*", "public", "orders", true)]
    [InlineData("public.orders", "public", "orders", true)]
    [InlineData("pub*.o?ders", "public", "orders", true)]
    [InlineData("public.orders", "sales", "orders", false)]
    [InlineData("*.orders", "sales", "orders", true)]
    [InlineData("public", "public", "orders", false)]
    [InlineData("Orders", "public", "orders", false)]
    [InlineData("a.b", "public", "a.b", true)]
    [InlineData("public.a.b", "public", "a.b", true)]
    [InlineData("a.*", "public", "a.b", false)]
    [InlineData("a.b", "a", "b", true)]
    [InlineData("orders[1]", "public", "orders1", false)]
    [InlineData("a\\b", "public", "a\\b", true)]
    [InlineData("a\\*", "public", "a\\b", true)]
    [InlineData("", "public", "orders", false)]
    public void A_pattern_means(string pattern, string schema, string table, bool means) => Assert.Equal(means, TablePattern.Matches(pattern, schema, table));

    [Fact]
    public void Case_is_ignored_where_the_engine_ignores_it() => Assert.True(TablePattern.Matches("MAIN.Or*", "main", "orders", ignoreCase: true));
}
