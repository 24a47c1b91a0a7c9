using System.Text.Json;

namespace SafeDb.Cli.Tests;

/// <summary>What <c>--what-if --output json</c> prints on standard output: the plan, never nothing.</summary>
public sealed class WhatIfDocumentTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal) { ["P"] = "correct horse battery staple" };
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-whatif-").FullName;
    private string _archive = "";

    public async ValueTask InitializeAsync()
    {
        Assert.Equal(0, (await Run("demo", "--only-database", "shop.db")).ExitCode);
        _archive = (await Run("backup", "sqlite:./shop.db", "--destination", "backups", "--passphrase-env", "P", "--output", "json")).Json.GetProperty("backup").GetString()!;
        Directory.CreateDirectory(Path.Combine(_folder, "migrations"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "migrations", "001_a.up.sql"), "CREATE TABLE lists(id INTEGER PRIMARY KEY);", TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("backup sqlite:./shop.db --destination backups --passphrase-env P", "Back up ")]
    [InlineData("restore {archive} sqlite:./shop.db --overwrite --passphrase-env P", "Replace ")]
    [InlineData("test {archive} --passphrase-env P", "Verify ")]
    [InlineData("copy {archive} --destination other", "Copy ")]
    [InlineData("maintenance sqlite:./shop.db --state on", "Begin maintenance of ")]
    [InlineData("new more migrations", "Create ")]
    [InlineData("demo --only-database other.db", "Build the sample shop in ")]
    [InlineData("run nightly-backup sqlite:./shop.db --destination backups --passphrase-env P", "Run nightly-backup of ")]
    [InlineData("migrate sqlite:./shop.db migrations --baseline 001", "Record ")]
    public async Task It_is_the_plan_as_it_was_said(string line, string text)
    {
        CliRun run = await Run([.. line.Split(' ').Select(word => word.Replace("{archive}", _archive, StringComparison.Ordinal)), "--what-if", "--output", "json"]);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["whatIf", "text"], run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(JsonValueKind.True, run.Json.GetProperty("whatIf").ValueKind);
        Assert.StartsWith(text, run.Json.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.EndsWith($"What if: {run.Json.GetProperty("text").GetString()}\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_is_not_there_is_refused_as_without_it()
    {
        CliRun dry = await Run("unschedule", "no-such-schedule", "--what-if", "--output", "json");
        CliRun real = await Run("unschedule", "no-such-schedule", "--output", "json");
        Assert.Equal((real.ExitCode, real.Out, real.Error), (dry.ExitCode, dry.Out, dry.Error));
        Assert.Equal(("Schedule.NotFound", "List them with 'safedb schedules'."), (dry.Json.GetProperty("error").GetProperty("id").GetString(), dry.Json.GetProperty("error").GetProperty("recommendedAction").GetString()));
    }

    [Fact]
    public async Task Migrate_undo_and_prune_have_documents_of_their_own()
    {
        Assert.Equal("001", (await Run("migrate", "sqlite:./shop.db", "migrations", "--destination", "backups", "--unencrypted", "--what-if", "--output", "json")).Json.GetProperty("migrations")[0].GetProperty("id").GetString());
        Assert.Equal(JsonValueKind.Array, (await Run("prune", "--destination", "backups", "--keep-last", "1", "--passphrase-env", "P", "--what-if", "--output", "json")).Json.ValueKind);
    }

    private Task<CliRun> Run(params string[] arguments) => CliRun.Of(arguments, _folder, Variables);
}
