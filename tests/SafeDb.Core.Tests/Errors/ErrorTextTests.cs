using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.Migration;

using Xunit;

namespace SafeDb.Core.Tests.Errors;

/// <summary>Texts of errors that are put together.</summary>
public sealed class ErrorTextTests
{
    [Theory]
    [InlineData("division by zero", "division by zero. The database")]
    [InlineData("division by zero.", "division by zero. The database")]
    [InlineData("what now?", "what now? The database")]
    [InlineData("cut off: \n", "cut off: The database")]
    public void A_message_before_another_sentence_ends_with_one_full_stop(string cause, string begin) =>
        Assert.StartsWith(begin, MigrationErrors.RolledBack.Error(cause, "way back: transaction").Message, StringComparison.Ordinal);

    [Fact]
    public void The_advice_stands_behind_a_whole_sentence() =>
        Assert.Equal("001, line 3: division by zero. Correct the migration and run again; the result says in which state the database was left.", Sentences.WithAdvice(MigrationErrors.StatementFailed.Error("001", 3, "division by zero")));

    [Theory]
    [InlineData("shop", "Get-SafeMigration -Database shop -Resume")]
    [InlineData("the shop", "Get-SafeMigration -Database 'the shop' -Resume")]
    [InlineData("it's; rm", "Get-SafeMigration -Database 'it''s; rm' -Resume")]
    [InlineData("-x", "Get-SafeMigration -Database '-x' -Resume")]
    [InlineData("$(x)", "Get-SafeMigration -Database '$(x)' -Resume")]
    public void An_advised_command_names_the_database_so_that_a_shell_takes_it_as_it_is(string name, string command) =>
        Assert.Equal(command, AdvisedCommand.On("Get-SafeMigration", new DatabaseAddress(DatabaseEngine.Sqlite, "Data Source=secret", "sqlite:///x.db", "x") { ConfiguredName = name }, "-Resume"));

    [Fact]
    public void A_database_without_a_name_is_named_by_its_address_without_secrets() => Assert.Equal(
        "Undo-SafeMigration -Database postgresql://ops@db:5432/shop", AdvisedCommand.On("Undo-SafeMigration", new DatabaseAddress(DatabaseEngine.PostgreSql, "Host=db;Password=hunter2", "postgresql://ops@db:5432/shop", "shop")));
}
