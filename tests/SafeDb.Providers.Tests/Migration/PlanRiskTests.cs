using System.Text.RegularExpressions;

using SafeDb.Addresses;
using SafeDb.Engines;
using SafeDb.FaultHost;
using SafeDb.Migration;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Observation;
using SafeDb.Providers.Tests.PostgreSql;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>A plan judges the risk by the database, with the engine put together as the front ends do it: what <c>risk --database</c> says of a folder is what the gate says.</summary>
public sealed class PlanRiskTests(PostgresCluster cluster) : IDisposable
{
    private const string Schema = "create table orders (id integer primary key, code varchar(10), note text, gone text); insert into orders values (1, 'a', 'x', null), (2, 'b', 'y', null)";
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-plan-risk-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("alter table orders alter column code type varchar(20);")]
    [InlineData("alter table orders alter column code type bigint using 1;")]
    [InlineData("alter table orders drop column note;")]
    [InlineData("alter table orders drop column gone;")]
    [InlineData("alter table orders alter column gone set not null;")]
    [InlineData("create index orders_note on orders (note);")]
    [InlineData("drop table orders;")]
    public async Task The_gate_says_what_the_analysis_with_the_database_says(string sql)
    {
        foreach (string address in await DatabasesAsync(sql.Contains("alter column", StringComparison.Ordinal) ? [DatabaseEngine.PostgreSql] : [DatabaseEngine.PostgreSql, DatabaseEngine.Sqlite]))
        {
            Write("001_a", sql, "select 1;");
            (MigrationContext context, DatabaseAddress database) = FaultRun.Open(address);
            MigrationRiskService risk = Composition.Risk(Composition.Create());
            RiskReport report = await risk.AnalyseAsync(
                new RiskRequest { Paths = [Path.Combine(_folder, "001_a.up.sql")], Database = database, Transaction = FileTransaction.Single }, SilentObserver.Instance, TestContext.Current.CancellationToken);

            PlannedMigration planned = Assert.Single((await PlanAsync(context, database)).Migrations);

            Assert.Equal(
                report.Files.SelectMany(file => file.AllFindings).Where(finding => finding.Rule != "lock-timeout-missing").Select(finding => (finding.Rule, finding.Level, Timeless(finding.Message))).Order(),
                planned.Hazards.Select(hazard => (hazard.Rule, hazard.Level, Timeless(hazard.Message))).Order());
        }
    }

    [Fact]
    public async Task Types_and_rows_come_from_the_database_and_a_status_counts_none()
    {
        string address = (await DatabasesAsync([DatabaseEngine.PostgreSql]))[0];
        Write("001_a", "alter table orders alter column code type text; alter table orders drop column note;", "select 1;");
        (MigrationContext context, DatabaseAddress database) = FaultRun.Open(address);

        MigrationPlan run = await PlanAsync(context, database);
        PlannedMigration planned = Assert.Single(run.Migrations);
        Assert.DoesNotContain(planned.Hazards, hazard => hazard.Rule == "change-type-rewrites-table");
        Assert.Contains(planned.Hazards, hazard => hazard.Rule == "drop-column-loses-data" && hazard.Message.Contains("Now: 2 ", StringComparison.Ordinal));
        GateResult gate = run.Gates.Single(gate => gate.Id == "risk");
        Assert.DoesNotContain('\n', gate.Message);
        string[] said = gate.Error!.Message.Split('\n');
        Assert.Equal(planned.Hazards.SelectMany(hazard => new[] { $"  001, line 1: {hazard.Rule} ({hazard.Level}): {hazard.Message}", "    " + hazard.Advice }), said[1..]);

        await using IDatabaseSession session = await context.OpenAsync(database, TestContext.Current.CancellationToken);
        PlanningResult status = await new MigrationPlanner(context, PlanDepth.Catalogue).PlanAsync(session, Command(database), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(Assert.Single(status.Plan.Migrations).Hazards, hazard => hazard.Message.Contains("Now:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_others_made_in_the_database_counts_and_what_the_applied_files_say_does_not()
    {
        string address = (await DatabasesAsync([DatabaseEngine.Sqlite]))[0];
        Write("001_a", "create table made (id integer primary key, a text);", "drop table made;");
        (MigrationContext context, DatabaseAddress database) = FaultRun.Open(address);
        using var http = new HttpClient();
        MigrationRun first = await new MigrationService(context, null, http).RunAsync(Command(database), null, (_, _, _) => Task.FromResult(true), TestContext.Current.CancellationToken);
        Assert.True(first.Outcome == MigrationOutcome.Applied, first.Error?.Message);
        await using (IDatabaseSession session = await context.OpenAsync(database, TestContext.Current.CancellationToken))
        {
            await session.ExecuteAsync("insert into made values (1, 'x')", TestContext.Current.CancellationToken);
        }

        Write("002_b", "alter table made drop column a;", "alter table made add column a text;");
        PlannedMigration planned = Assert.Single((await PlanAsync(context, database)).Migrations);

        Assert.Contains(planned.Hazards, hazard => hazard.Message.Contains("Now: 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_script_that_waits_for_locks_without_limit_is_not_let_pass()
    {
        string address = (await DatabasesAsync([DatabaseEngine.PostgreSql]))[0];
        (MigrationContext context, DatabaseAddress database) = FaultRun.Open(address);
        foreach ((string set, bool risky) in new[] { ("set lock_timeout = 0;", true), ("set local lock_timeout to '0s';", true), ("reset lock_timeout;", true), ("set lock_timeout = '2s';", false), ("", false),
            ("select set_config('lock_timeout', '0', false);", true), ("select pg_catalog.set_config('lock_timeout'::text, '0ms', true);", true), ("select set_config('lock_timeout', null, false);", true),
            ("do $$ begin perform set_config('lock_timeout', '0', false); end $$;", true), ("select set_config('lock_timeout', '3s', false);", false), ("set lock_timeout = '1h';", true) })
        {
            Write("001_a", set + " alter table orders add column extra text;", "alter table orders drop column extra;");
            PlannedMigration planned = Assert.Single((await PlanAsync(context, database)).Migrations);
            Assert.Equal((set, risky), (set, planned.Hazards.Any(hazard => hazard is { Rule: "lock-timeout-missing", Level: RiskLevel.Risky })));
        }
    }

    /// <summary>Writes per second are those since the server's statistics began: fewer in each look.</summary>
    private static string Timeless(string message) => Regex.Replace(message, @"[\d.]+ writes per second", "writes per second", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    private void Write(string name, string up, string down)
    {
        File.WriteAllText(Path.Combine(_folder, name + ".up.sql"), up);
        File.WriteAllText(Path.Combine(_folder, name + ".down.sql"), down);
    }

    private MigrationCommand Command(DatabaseAddress database) => FaultRun.Command(database, _folder) with { Policy = FaultRun.Command(database, _folder).Policy with { MaxRisk = RiskLevel.Safe } };

    private async Task<MigrationPlan> PlanAsync(MigrationContext context, DatabaseAddress database)
    {
        using var http = new HttpClient();
        return (await new MigrationService(context, null, http).PlanAsync(Command(database), TestContext.Current.CancellationToken)).Plan;
    }

    private async Task<IReadOnlyList<string>> DatabasesAsync(DatabaseEngine[] engines)
    {
        var made = new List<string>();
        foreach (DatabaseEngine engine in engines)
        {
            string address = engine == DatabaseEngine.PostgreSql ? (await cluster.CreateDatabaseAsync()).Address : "sqlite:" + Path.Combine(_folder, "x.db");
            made.Add(address);
            (MigrationContext context, DatabaseAddress parsed) = FaultRun.Open(address);
            if (engine == DatabaseEngine.Sqlite)
            {
                await File.WriteAllBytesAsync(Path.Combine(_folder, "x.db"), [], TestContext.Current.CancellationToken);
            }

            await using IDatabaseSession session = await context.OpenAsync(parsed, TestContext.Current.CancellationToken);
            foreach (string statement in Schema.Split(';'))
            {
                await session.ExecuteAsync(statement, TestContext.Current.CancellationToken);
            }
        }

        return made;
    }
}
