using SafeDb.Errors;
using SafeDb.PostgreSql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

/// <summary>Rows that a server holds but cannot give out, because their text is larger than 1 GB. They take gigabytes of memory, so only SAFEDB_LONG_TESTS=1 makes them.</summary>
public sealed class OversizedRowTests(PostgresCluster cluster)
{
    [Theory]
    [InlineData("id bigint PRIMARY KEY, content bytea", "convert_to(repeat('x', 560000000), 'UTF8')", "id=2")] // one value that is larger as text than as bytes
    [InlineData("id bigint PRIMARY KEY, one text, two text", "repeat('x', 560000000), NULL", "id=2", "UPDATE huge SET two = repeat('y', 560000000) WHERE id = 2")] // two values that are too large together
    [InlineData("id bigint, content bytea", "convert_to(repeat('x', 560000000), 'UTF8')", "ctid=(0,2)")] // no key
    public async Task A_row_larger_than_a_gigabyte_as_text_is_reported_by_table_and_key(string columns, string values, string row, string then = "")
    {
        Assert.SkipUnless(LongTests.Enabled, "Takes gigabytes of memory.");
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync($"CREATE TABLE huge ({columns}); INSERT INTO huge (id) VALUES (1); INSERT INTO huge VALUES (2, {values}); INSERT INTO huge (id) VALUES (3)");
        if (then.Length > 0)
            await source.ExecuteAsync(then); // a single statement could not even put both values together

        SafeDbException failure = await Assert.ThrowsAnyAsync<SafeDbException>(() => MemoryArchive.BackupAsync(source.Address));

        Assert.Equal("PostgreSql.RowTooLarge", failure.Id);
        Assert.Contains("public.huge", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"the row with {row}", failure.Message, StringComparison.Ordinal);
    }
}
