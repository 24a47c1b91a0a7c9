using System.Text;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.Migration;
using SafeDb.Migration.History;
using SafeDb.Migration.Plan;
using SafeDb.Migration.Run;
using SafeDb.Risk;

using Xunit;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>What every engine's migration parts must do, on a real database.</summary>
public abstract partial class MigrationRunSpec : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safedb-run-").FullName;

    protected AdoProvider Provider { get; private set; } = null!;

    protected DatabaseAddress Database { get; private set; } = null!;

    protected MigrationContext Context { get; private set; } = null!;

    protected string Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        (Provider, Database) = await CreateAsync();
        Context = new MigrationContext(Provider, new SemicolonDialect(Database.Engine), Engine, TimeProvider.System);
        await ExecuteAsync("create table customers (id integer primary key, name varchar(100) not null)");
        await ExecuteAsync("create table orders (id integer primary key, customer_id integer not null references customers (id) on delete cascade, amount numeric(10,4), note text)");
        for (int i = 1; i <= 50; i++)
        {
            await ExecuteAsync($"insert into customers (id, name) values ({i}, 'customer {i}')");
            await ExecuteAsync($"insert into orders (id, customer_id, amount, note) values ({i}, {i}, {i}.1234, 'note {i}')");
        }
    }

    public virtual ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected abstract IMigrationEngine Engine { get; }

    /// <summary>About how many points of the fault matrix a default run takes.</summary>
    protected virtual int Sample => 20;

    protected abstract Task<(AdoProvider Provider, DatabaseAddress Database)> CreateAsync();

    /// <summary>A copy of the database as a drill would restore it.</summary>
    protected abstract Task<DatabaseAddress> CopyAsync();

    /// <summary>The same place with the copy's content, as a restore by swap would leave it.</summary>
    protected abstract Task ReplaceAsync(DatabaseAddress copy);

    [Fact]
    public async Task Pending_migrations_are_applied_and_recorded_once()
    {
        Five();

        MigrationRun first = await RunAsync();
        MigrationRun second = await RunAsync();

        Assert.True(first.Outcome == MigrationOutcome.Applied, first.Error?.Message);
        Assert.Equal(["001", "002", "003", "004", "005"], first.Migrations.Select(step => step.Id));
        Assert.Equal(50, first.Migrations[1].Statements[^1].RowsAffected);
        Assert.Equal(MigrationOutcome.NothingToDo, second.Outcome);
        Assert.Equal("5", await ScalarAsync("select count(*) from safedb_migrations where state = 'applied'"));
        Assert.False(await JournalExistsAsync());
    }

    [Fact]
    public async Task Undo_takes_back_as_many_as_asked_and_reset_needs_the_policy()
    {
        Five();
        string before = await FingerprintAsync();
        await RunAsync();

        MigrationRun two = await UndoAsync(steps: 2);
        Assert.Equal(["005", "004"], two.Migrations.Select(step => step.Id));
        Assert.Equal("Migration.ResetRefused", (await UndoAsync(to: "0")).Error!.Id);
        MigrationRun rest = await UndoAsync(policy => policy with { AllowReset = true }, to: "0");

        Assert.Equal(MigrationOutcome.Undone, rest.Outcome);
        Assert.Equal(before, await FingerprintAsync());
        Assert.Equal(MigrationOutcome.Applied, (await RunAsync()).Outcome);
    }

    [Theory]
    [InlineData("prisma")]
    [InlineData("flyway")]
    [InlineData("golang-migrate")]
    [InlineData("dbmate")]
    [InlineData("node-pg-migrate")]
    public async Task Each_tools_history_is_written_and_read_back(string format)
    {
        Assert.SkipWhen(Context.Histories.All(history => history.Format != format), $"{format} does not know {Database.Engine}.");
        (string, string)[] files = format switch
        {
            "prisma" => [("20240101000000_a/migration.sql", "create table a (id integer primary key);"), ("20240101000000_a/down.sql", "drop table a;"),
                ("20240102000000_b/migration.sql", "create table b (id integer primary key);"), ("20240102000000_b/down.sql", "drop table b;")],
            "flyway" => [("V1__a.sql", "create table a (id integer primary key);"), ("U1__a.sql", "drop table a;"), ("V2__b.sql", "create table b (id integer primary key);"), ("U2__b.sql", "drop table b;")],
            "golang-migrate" => [("1_a.up.sql", "create table a (id integer primary key);"), ("1_a.down.sql", "drop table a;"), ("2_b.up.sql", "create table b (id integer primary key);"), ("2_b.down.sql", "drop table b;")],
            "dbmate" => [("1_a.sql", "-- migrate:up\ncreate table a (id integer primary key);\n-- migrate:down\ndrop table a;"), ("2_b.sql", "-- migrate:up\ncreate table b (id integer primary key);\n-- migrate:down\ndrop table b;")],
            _ => [("1_a.sql", "-- Up Migration\ncreate table a (id integer primary key);\n-- Down Migration\ndrop table a;"), ("2_b.sql", "-- Up Migration\ncreate table b (id integer primary key);\n-- Down Migration\ndrop table b;")],
        };
        foreach ((string file, string text) in files)
        {
            Write(file, text);
        }

        MigrationRun up = await RunAsync(format: format);
        MigrationRun again = await RunAsync(format: format);
        MigrationRun down = await UndoAsync(format: format);
        PlanningResult after = await Service().PlanAsync(Command(format: format), TestContext.Current.CancellationToken);
        MigrationRun redo = await RunAsync(format: format);

        Assert.True(up.Outcome == MigrationOutcome.Applied, up.Error?.Message);
        Assert.Equal(MigrationOutcome.NothingToDo, again.Outcome);
        Assert.True(down.Outcome == MigrationOutcome.Undone, down.Error?.Message);
        Assert.Equal([MigrationState.Applied, MigrationState.Pending], after.Items.Select(item => item.State));
        Assert.True(redo.Outcome == MigrationOutcome.Applied, redo.Error?.Message);
        Assert.True(redo.Rehearsal!.DownRestores, string.Join("; ", redo.Rehearsal.DownDifferences));
    }

    [Fact]
    public async Task Evidence_is_written_as_it_goes_and_holds_no_literal()
    {
        Five();
        Write("005_e.up.sql", "create table e (id integer primary key, t text); insert into e (id, t) values (1, 'top-secret-value <script>');");
        string evidence = Path.Combine(_folder, "evidence");

        MigrationRun run = await Service().RunAsync(Command() with { EvidenceFolder = evidence, ApprovedBy = "someone <b>" }, null, Yes, TestContext.Current.CancellationToken);

        Assert.True(run.Outcome == MigrationOutcome.Applied, run.Error?.Message);
        Assert.Equal([".jsonl", ".md", ".html", ".json"], run.Evidence.Select(Path.GetExtension));
        string all = string.Concat(run.Evidence.Select(File.ReadAllText));
        Assert.DoesNotContain("top-secret-value", all, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", all, StringComparison.Ordinal);
        string html = await File.ReadAllTextAsync(run.Evidence[2], TestContext.Current.CancellationToken);
        Assert.Contains("someone &lt;b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", html, StringComparison.Ordinal);
        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
    }

    protected void Five()
    {
        Write("001_a.up.sql", "create table a (id integer primary key);");
        Write("001_a.down.sql", "drop table a;");
        Write("002_b.up.sql", "alter table customers add column email text; update customers set email = 'x';");
        Write("002_b.down.sql", "alter table customers drop column email;");
        Write("003_c.up.sql", "create table c (id integer primary key); create index c_id on c (id);");
        Write("003_c.down.sql", "drop table c;");
        Write("004_d.up.sql", "create table d (id integer primary key);");
        Write("004_d.down.sql", "drop table d;");
        Write("005_e.up.sql", "create table e (id integer primary key);");
        Write("005_e.down.sql", "drop table e;");
    }

    protected void Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(false));
    }

    protected MigrationService Service() => Service(new CopyingNet(this));

    protected MigrationService Service(ISafetyNet? net) => new(Context, net, new HttpClient());

    protected MigrationCommand Command(Func<Policy, Policy>? policy = null, string? allow = null, string? format = null, bool rehearse = true)
    {
        var lenient = new Policy { MaxRisk = RiskLevel.Dangerous, AllowMixedMigrations = true, RequireRehearsal = rehearse, LockTimeout = TimeSpan.FromMilliseconds(500), LockRetries = 3 };
        return new MigrationCommand(Database, _folder) { Policy = policy?.Invoke(lenient) ?? lenient, AllowHazards = allow is null ? [] : [allow], Format = format };
    }

    protected Task<MigrationRun> RunAsync(Func<Policy, Policy>? policy = null, string? allow = null, string? format = null, bool rehearse = true) =>
        Service().RunAsync(Command(policy, allow, format, rehearse), null, Yes, TestContext.Current.CancellationToken);

    protected Task<MigrationRun> UndoAsync(Func<Policy, Policy>? policy = null, int? steps = null, string? to = null, string? format = null, string? allow = null, bool rehearse = true) =>
        Undo().UndoAsync(Command(policy, allow, format, rehearse), new UndoTarget(steps, to), Yes, TestContext.Current.CancellationToken);

    protected UndoService Undo() => new(Context, new CopyingNet(this), new HttpClient());

    protected static Task<bool> Yes(MigrationPlan plan, RehearsalReport? rehearsal, CancellationToken cancellationToken) => Task.FromResult(true);

    protected async Task ExecuteAsync(string sql)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        await session.ExecuteAsync(sql, TestContext.Current.CancellationToken);
    }

    protected async Task<string> ScalarAsync(string sql)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return Convert.ToString(await HistoryEngine.ScalarAsync(session, sql, TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture)!;
    }

    protected async Task<string> FingerprintAsync()
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return await Context.FingerprintAsync(session, TestContext.Current.CancellationToken);
    }

    protected async Task<string> StateAsync() => await FingerprintAsync() + await ScalarAsync("select count(*) || ',' || max(note) || ',' || min(note) from orders");

    protected async Task<bool> JournalExistsAsync()
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(Database, TestContext.Current.CancellationToken);
        return await Context.Journal.ExistsAsync(session, TestContext.Current.CancellationToken);
    }

    /// <summary>A net made of plain copies.</summary>
    private sealed class CopyingNet(MigrationRunSpec spec) : ISafetyNet
    {
        private static readonly Dictionary<string, DatabaseAddress> Copies = [];

        public async Task<ProvenBackup> ObtainAsync(DatabaseAddress database, TimeSpan maxAge, Func<DatabaseAddress, CancellationToken, Task>? onCopy, CancellationToken cancellationToken)
        {
            DatabaseAddress kept = await spec.CopyAsync();
            lock (Copies)
            {
                Copies[kept.Display] = kept;
            }

            if (onCopy is not null)
            {
                await onCopy(await spec.CopyAsync(), cancellationToken);
            }

            return new ProvenBackup(kept.Display, TimeProvider.System.GetUtcNow(), null, 100);
        }

        public async Task<string> RestoreAsync(string backup, DatabaseAddress database, CancellationToken cancellationToken)
        {
            await spec.ReplaceAsync(Copies[backup]);
            return "aside";
        }
    }
}
