using SafeDb.Migration;
using SafeDb.PostgreSql;
using SafeDb.PostgreSql.Migration;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Migration;

/// <summary>
/// Which tables a comparison looks at. The kept rows are doubled before it, so that every look finds a difference: what is not named was not looked at, and must be what cannot have changed.
/// </summary>
public sealed class KeptRowsTests(PostgresCluster cluster)
{
    private const string Schema = """
        create type mood as enum ('good', 'bad');
        create table parent (id integer primary key, name varchar(40), at timestamptz default now(), mood mood default 'good');
        create table child (id integer primary key, parent integer references parent on delete cascade, note text);
        create table log (line text);
        create function noted() returns trigger language plpgsql as 'begin insert into log values (new.note); return new; end';
        create trigger noted after update on child for each row execute function noted();
        insert into parent select i, 'p' || i from generate_series(1, 10) i;
        insert into child select i, i, 'c' || i from generate_series(1, 10) i;
        insert into log values ('a'), ('b'), ('c');
        """;

    [Theory]
    [InlineData("alter table parent add column x integer", "")]
    [InlineData("alter table parent add column x integer not null default 5", "")]
    [InlineData("alter table parent rename column name to title", "")]
    [InlineData("alter table parent rename to elder", "")]
    [InlineData("create index on child (note)", "")]
    [InlineData("alter table child drop constraint child_parent_fkey", "")]
    [InlineData("alter table child alter column note set not null", "")]
    [InlineData("lock table parent, child, log in access exclusive mode", "")]
    [InlineData("update parent set name = name where id = 1", "parent")]
    [InlineData("savepoint s\nupdate parent set name = 'x'\nrollback to s", "parent")]
    [InlineData("delete from parent where id = 1", "child parent")]
    [InlineData("update child set note = 'x' where id = 1", "child log")]
    [InlineData("do $$ begin update child set note = 'x' where id = 1; end $$", "child log")]
    [InlineData("truncate log", "log")]
    [InlineData("copy log from program 'echo x'", "log")]
    [InlineData("alter table parent drop column name", "parent")]
    [InlineData("alter table parent alter column name type varchar(50)", "parent")]
    [InlineData("set local timezone = 'UTC'\nalter table parent alter column at type timestamp", "parent")]
    [InlineData("cluster parent using parent_pkey", "parent")]
    [InlineData("drop table log", "log")]
    [InlineData("drop table log\ncreate table log (line text)", "log")]
    [InlineData("set local track_counts = off\nupdate parent set name = 'x'", "child log parent")]
    [InlineData("create constraint trigger later after insert on log deferrable for each row execute function noted()", "child log parent")]
    public async Task Only_what_cannot_have_changed_is_left_unread(string statements, string looked)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync(Schema);
        IRowComparison rows = new PostgreSqlMigrationEngine().Rows;
        Task<IDatabaseSession> OpenAsync(CancellationToken stop) => new PostgreSqlProvider().OpenSessionAsync(new PostgreSqlProvider().TryParse(database.Address)!, stop);
        await using IDatabaseSession session = await OpenAsync(token);

        IKeptRows none = await rows.BeginAsync(session, OpenAsync, token);
        IKeptRows kept = await rows.BeginAsync(session, OpenAsync, token);
        await kept.KeepAsync(null, token);
        Assert.Empty(await kept.CompareAsync(RowTraces.Unknown, token));
        await session.ExecuteAsync("do $$ declare kept regclass; begin for kept in select oid from pg_class where relname like 'safedb_kept%' loop execute 'insert into ' || kept || ' select * from ' || kept; end loop; end $$", token);
        foreach (string line in (string[])["begin", .. statements.Split('\n')])
        {
            await session.ExecuteAsync(line, token);
        }

        IReadOnlySet<string>? written = await rows.WrittenAsync(session, token);
        var traces = new RowTraces(new HashSet<string> { "public.parent", "public.elder", "public.child", "public.log" }, written);
        IReadOnlySet<string> missing = await none.MissingAsync(traces, token);
        await session.ExecuteAsync("commit", token);
        IReadOnlyList<TableDataChange> changes = await kept.CompareAsync(traces, token);

        Assert.Equal(looked, Text(changes.Select(change => change.Table)));
        Assert.Equal(looked, Text(missing));
    }

    private static string Text(IEnumerable<string> tables) => string.Join(' ', tables.Select(table => table["public.".Length..]).Order(StringComparer.Ordinal));
}
