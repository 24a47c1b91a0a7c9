using Npgsql;

using SafeDb.Migration.Run;

using Xunit;

namespace SafeDb.Providers.Tests.Interop;

/// <summary>A tool's lock in PostgreSQL by its published number.</summary>
internal static class AdvisoryLock
{
    /// <summary>While the tool holds it SafeDb does not begin; and while SafeDb migrates the tool could not have it.</summary>
    public static async Task IsHeededAndHeldAsync(PeerDatabase database, long number, Action<string> write, Func<Task<MigrationRun>> run)
    {
        // The migration itself writes down which locks are held while it runs.
        write("create table held as select (classid::bigint << 32) | objid::bigint as number from pg_locks where locktype = 'advisory' and objsubid = 1 and granted;");
        await using (NpgsqlConnection tool = await database.Server!.OpenAsync())
        {
            await using var command = new NpgsqlCommand($"select pg_advisory_lock({number})", tool);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            MigrationRun refused = await run();
            Assert.Equal((MigrationOutcome.Stopped, "Migration.Locked"), (refused.Outcome, refused.Error!.Id));
        }

        MigrationRun applied = await run();
        Assert.True(applied.Outcome == MigrationOutcome.Applied, applied.Error?.Message);
        Assert.Equal(["1"], await database.ListAsync($"select count(*) from held where number = {number}"));
        Assert.Equal(["0"], await database.ListAsync("select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"));
    }
}
