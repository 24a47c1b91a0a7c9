using SafeDb.Migration;

using Xunit;

namespace SafeDb.Core.Tests.Migration;

public sealed class ChecksumTests
{
    private const string Person = "CREATE TABLE person (\n    id INT NOT NULL,\n    name VARCHAR(100)\n);\n";

    [Theory]
    [InlineData(Person, "12e0bf9676a9d1b3f3629e70d248bfcfde3e2ea69b85a0819528d462974d26f0")]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Prisma_records_the_hash_of_the_file(string text, string expected) => Assert.Equal(expected, MigrationChecksums.Sha256(text));

    [Fact]
    public void Flyway_reads_through_line_ends_marks_and_a_missing_last_line_end()
    {
        string[] variants = [Person, Person.Replace("\n", "\r\n"), "\uFEFF" + Person, Person.TrimEnd('\n')];

        Assert.All(variants, text => Assert.Equal(1452784354, MigrationChecksums.Flyway(text)));
        Assert.NotEqual(1452784354, MigrationChecksums.Flyway(Person.Replace("100", "101")));
    }

    [Fact]
    public void Prisma_equivalents_cover_line_ends_marks_and_lost_zeros_and_no_edit()
    {
        IReadOnlyList<string> accepted = MigrationChecksums.PrismaEquivalents(Person.Replace("\n", "\r\n"));

        Assert.Contains(MigrationChecksums.Sha256(Person), accepted);
        Assert.Contains(MigrationChecksums.Sha256("\uFEFF" + Person), accepted);
        Assert.Contains(accepted, hash => hash.Length < 64);
        Assert.DoesNotContain(MigrationChecksums.Sha256(Person.Replace("100", "101")), accepted);
    }

    [Fact]
    public void Lock_numbers_are_those_of_the_tools()
    {
        Assert.Equal(77433833903597, PeerLockIds.Flyway("public", "flyway_schema_history"));
        Assert.Equal(1787120056, PeerLockIds.GolangMigrate("public", "schema_migrations", "app"));
        Assert.Equal(72707369, PeerLockIds.Prisma);
        Assert.Equal(7241865325823964, PeerLockIds.NodePgMigrate);
    }
}
