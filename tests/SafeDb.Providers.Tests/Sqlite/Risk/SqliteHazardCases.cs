namespace SafeDb.Providers.Tests.Sqlite.Risk;

/// <summary>A change, what SQLite 3.40 does with it, and the rule that must say so beforehand.</summary>
/// <param name="Name">What the case shows.</param>
/// <param name="Setup">The database before.</param>
/// <param name="Change">The migration.</param>
/// <param name="Check">A query afterwards, or empty.</param>
/// <param name="Outcome">What SQLite answers: part of an error, or the check's answer; empty when it is silent.</param>
/// <param name="Rules">The rules above Safe that must find it, and no others but those of the policy.</param>
public sealed record SqliteHazardCase(string Name, string Setup, string Change, string Check, string Outcome, params string[] Rules)
{
    public override string ToString() => Name;
}

/// <summary>The measured facts of SQLite 3.40.1, and one case at least for every rule.</summary>
internal static class SqliteHazardCases
{
    private const string T = "create table t(id integer primary key, a text, n int); insert into t values(1,'x',1),(2,'y',null);";
    private const string Family = "create table p(id integer primary key,a); create table k(id int, pid int references p(id) on delete cascade); insert into p values(1,1),(2,2); insert into k values(1,1),(2,2);";
    private const string Strict = "create table p(id integer primary key,a); create table k(id int, pid int references p(id)); insert into p values(1,1),(2,2); insert into k values(1,1),(2,2);";
    private const string On = "pragma foreign_keys=on; ";
    private const string Rebuild = "create table p_new(id integer primary key,a,b); insert into p_new(id,a) select id,a from p; drop table p; alter table p_new rename to p;";

    public static readonly IReadOnlyList<SqliteHazardCase> All =
    [
        new("ADD COLUMN nullable", T, "alter table t add b int;", "", ""),
        new("ADD COLUMN NOT NULL without default", T, "alter table t add b int not null;", "", "Cannot add a NOT NULL column with default value NULL", "add-column-fails-with-rows"),
        new("ADD COLUMN NOT NULL DEFAULT 5", T, "alter table t add b int not null default 5;", "", ""),
        new("ADD COLUMN DEFAULT CURRENT_TIMESTAMP", T, "alter table t add b text default current_timestamp;", "", "Cannot add a column with non-constant default", "add-column-fails-with-rows"),
        new("ADD COLUMN DEFAULT (random())", T, "alter table t add b int default (random());", "", "non-constant default", "add-column-fails-with-rows"),
        new("ADD COLUMN DEFAULT (1+1)", T, "alter table t add b int default (1+1);", "", "non-constant default", "add-column-fails-with-rows"),
        new("ADD COLUMN DEFAULT (-1)", T, "alter table t add b int default (-1);", "", ""),
        new("ADD COLUMN UNIQUE", T, "alter table t add b int unique;", "", "Cannot add a UNIQUE column", "add-column-impossible"),
        new("ADD COLUMN PRIMARY KEY", T, "alter table t add b int primary key;", "", "Cannot add a PRIMARY KEY column", "add-column-impossible"),
        new("ADD COLUMN REFERENCES DEFAULT NULL, foreign keys on", $"{On}create table p(id integer primary key); {T}", "alter table t add b int references p(id);", "", ""),
        new("ADD COLUMN REFERENCES DEFAULT 1, foreign keys on", $"{On}create table p(id integer primary key); {T}", "alter table t add b int references p(id) default 1;", "", "Cannot add a REFERENCES column with non-NULL default value", "add-column-fails-with-rows"),
        new("ADD COLUMN REFERENCES DEFAULT 1, foreign keys off", $"create table p(id integer primary key); {T}", "pragma foreign_keys=off; alter table t add b int references p(id) default 1; pragma foreign_keys=on;", "", ""),
        new("ADD COLUMN CHECK that rows satisfy", T, "alter table t add b int check(n>0);", "", ""),
        new("ADD COLUMN GENERATED STORED", T, "alter table t add b int generated always as (n*2) stored;", "", "cannot add a STORED column", "add-column-impossible"),
        new("ADD COLUMN GENERATED VIRTUAL", T, "alter table t add b int generated always as (n*2) virtual;", "", ""),
        new("ADD COLUMN IF NOT EXISTS", T, "alter table t add column if not exists b int;", "", "syntax error", "syntax-not-in-sqlite"),
        new("DROP COLUMN plain", T, "alter table t drop column n;", "", "", "drop-column-loses-data"),
        new("DROP COLUMN primary key", T, "alter table t drop column id;", "", "cannot drop PRIMARY KEY column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN indexed", $"{T} create index ti on t(n);", "alter table t drop column n;", "", "error in index ti after drop column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN in the WHERE of an index", $"{T} create index ti on t(a) where n>0;", "alter table t drop column n;", "", "error in index ti after drop column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN unique", "create table t(id int, n int unique);", "alter table t drop column n;", "", "cannot drop UNIQUE column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN in a CHECK of the table", "create table t(id int, n int, check(n>0));", "alter table t drop column n;", "", "error in table t after drop column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN with its own CHECK", "create table t(id int, n int check(n>0));", "alter table t drop column n;", "", "", "drop-column-loses-data"),
        new("DROP COLUMN used by a generated column", "create table t(id int, n int, g int as (n*2));", "alter table t drop column n;", "", "error in table t after drop column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN with REFERENCES", "create table p(id integer primary key); create table t(id int, n int references p(id));", "alter table t drop column n;", "", "", "drop-column-loses-data"),
        new("DROP COLUMN of a FOREIGN KEY of the table", "create table p(id integer primary key); create table t(id int, n int, foreign key(n) references p(id));", "alter table t drop column n;", "", "unknown column \"n\" in foreign key definition", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN used in a trigger", $"{T} create trigger tr after insert on t begin select new.n; end;", "alter table t drop column n;", "", "error in trigger tr after drop column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN used in a view", $"{T} create view v as select n from t;", "alter table t drop column n;", "", "error in view v after drop column", "drop-column-loses-data", "drop-column-in-use"),
        new("DROP COLUMN IF EXISTS", T, "alter table t drop column if exists n;", "", "syntax error", "syntax-not-in-sqlite"),
        new("RENAME COLUMN with view, trigger and index", $"{T} create view v as select n from t; create index ti on t(n);", "alter table t rename column n to m;", "select sql from sqlite_master where name in('v','ti');", "CREATE VIEW v as select m from t CREATE INDEX ti on t(m)", "rename-without-copy"),
        new("RENAME TABLE takes foreign keys along", $"{T} create table k(x int references t(id));", "alter table t rename to t2;", "select sql from sqlite_master where name='k';", "CREATE TABLE k(x int references \"t2\"(id))", "rename-without-copy"),
        new("RENAME TABLE with legacy_alter_table", $"{T} create table k(x int references t(id));", "pragma legacy_alter_table=on; pragma foreign_keys=off; alter table t rename to t2; pragma foreign_keys=on;", "select sql from sqlite_master where name='k';", "CREATE TABLE k(x int references t(id))", "rename-without-copy", "unsafe-pragma"),
        new("ALTER COLUMN TYPE", T, "alter table t alter column n type text;", "", "syntax error", "syntax-not-in-sqlite"),
        new("ADD CONSTRAINT", T, "alter table t add constraint ck check(n>0);", "", "syntax error", "feature-not-in-version"),
        new("DROP CONSTRAINT", T, "alter table t drop constraint ck;", "", "syntax error", "feature-not-in-version"),
        new("DROP TABLE of a parent, foreign keys on, CASCADE", On + Family, "drop table p;", "select 'child rows left', count(*) from k;", "child rows left|0", "drop-table-loses-data", "drop-table-deletes-children"),
        new("DROP TABLE of a parent, foreign keys off", Family, "pragma foreign_keys=off; drop table p; pragma foreign_keys=on;", "select 'child rows left', count(*) from k;", "child rows left|2", "drop-table-loses-data"),
        new("REBUILD with foreign keys on", On + Family, $"begin; {Rebuild} commit;", "select 'child rows left', count(*) from k;", "child rows left|0", "table-rebuild-deletes-children"),
        new("REBUILD with PRAGMA foreign_keys=off inside the transaction", On + Family, $"begin; pragma foreign_keys=off; {Rebuild} commit;", "select 'child rows left', count(*) from k; pragma foreign_keys;", "child rows left|0 1", "foreign-keys-pragma-in-transaction", "table-rebuild-deletes-children"),
        new("REBUILD with defer_foreign_keys", On + Family, $"begin; pragma defer_foreign_keys=on; {Rebuild} commit;", "select 'child rows left', count(*) from k;", "child rows left|0", "defer-foreign-keys-ineffective", "table-rebuild-deletes-children"),
        new("REBUILD, foreign key without action, deferred", On + Strict, $"begin; pragma defer_foreign_keys=on; {Rebuild} commit;", "select 'child rows left', count(*) from k;", "FOREIGN KEY constraint failed (19) child rows left|2", "defer-foreign-keys-ineffective", "table-rebuild-deletes-children"),
        new("REBUILD with foreign keys off outside", On + Family, $"pragma foreign_keys=off; begin; {Rebuild} pragma foreign_key_check; commit; pragma foreign_keys=on;", "select 'child rows left', count(*) from k;", "child rows left|2"),
        new("REBUILD that renames the old table first", Strict, "pragma foreign_keys=off; alter table p rename to p_old; create table p(id integer primary key,a,b); insert into p(id,a) select id,a from p_old; drop table p_old; pragma foreign_keys=on;", "select sql from sqlite_master where name='k';", "references \"p_old\"(id)", "rebuild-renames-old-first"),
        new("REBUILD loses indexes and triggers", $"{T} create index ti on t(n); create trigger tr after insert on t begin select 1; end;", "pragma foreign_keys=off; create table t2(id integer primary key,a,n); insert into t2(id,a,n) select id,a,n from t; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "select type,name from sqlite_master;", "table|t", "rebuild-loses-indexes-and-triggers"),
        new("REBUILD loses the AUTOINCREMENT counter", "create table t(id integer primary key autoincrement,a); insert into t(a) values(1),(2),(3); delete from t where id=3;", "pragma foreign_keys=off; create table t2(id integer primary key autoincrement,a); insert into t2(id,a) select id,a from t; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "insert into t(a) values(9); select 'new id', max(id) from t;", "new id|3", "rebuild-loses-sequence"),
        new("INSERT SELECT * with another column order", "create table t(a text,b text); insert into t values('A','B');", "create table t2(b text,a text); insert into t2 select * from t;", "select a,b from t2;", "B|A", "copy-by-column-position"),
        new("VACUUM in a transaction", T, "begin; vacuum; commit;", "", "cannot VACUUM from within a transaction", "vacuum-in-transaction"),
        new("PRAGMA foreign_keys in a transaction", On, "begin; pragma foreign_keys=off; commit;", "pragma foreign_keys;", "1", "foreign-keys-pragma-in-transaction"),
        new("writable_schema", T, "pragma writable_schema=1; update sqlite_master set sql='create table t(id integer primary key, a text, n int not null)' where name='t';", "pragma writable_schema=0; select 'done';", "done", "writable-schema"),
        new("DDL is transactional", T, "begin; drop table t; rollback;", "select count(*) from t;", "2", "drop-table-loses-data"),
        new("varchar(2) is not enforced", "create table x(i);", "create table t(a varchar(2));", "insert into t values('toolong'); select a from t;", "toolong"),
        new("UPDATE without WHERE", T, "update t set n=1;", "select changes();", "2", "unbounded-update"),
        new("CREATE UNIQUE INDEX with duplicates", "create table t(a); insert into t values(1),(1);", "create unique index u on t(a);", "", "UNIQUE constraint failed: t.a", "unique-index-fails-on-duplicates"),
        new("STRICT table refuses varchar", "create table t(a int) strict;", "alter table t add b varchar(10);", "", "unknown datatype for t.b", "strict-type-invalid"),
        new("RENAME COLUMN with a broken view elsewhere", $"{T} create table z(q); create view bad as select q from z; drop table z;", "alter table t rename column n to m;", "", "error in view bad", "rename-with-broken-view", "rename-without-copy"),
        new("DROP TABLE that a view reads", $"{T} create view v as select n from t;", "drop table t;", "select * from v;", "no such table: main.t", "drop-table-loses-data", "drop-table-breaks-views"),
        new("WITHOUT ROWID add column", "create table t(id int primary key) without rowid;", "alter table t add b int;", "", ""),
        new("REBUILD of a table that a view reads", $"{T} create view v as select n from t;", "pragma foreign_keys=off; create table t2(id integer primary key,a,n); insert into t2(id,a,n) select id,a,n from t; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "", "error in view v: no such table: main.t", "rename-with-broken-view"),
        new("REBUILD without a copy", T, "pragma foreign_keys=off; create table t2(id integer primary key,a,n); drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "select 'rows', count(*) from t;", "rows|0", "rebuild-loses-rows"),
        new("REBUILD that copies some rows", T, "pragma foreign_keys=off; create table t2(id integer primary key,a,n); insert into t2(id,a,n) select id,a,n from t where n is not null; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "select 'rows', count(*) from t;", "rows|1", "rebuild-loses-rows"),
        new("REBUILD that forgets a column in the copy", T, "pragma foreign_keys=off; create table t2(id integer primary key,a,n); insert into t2(id,a) select id,a from t; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "select 'values', count(n) from t;", "values|0", "rebuild-drops-column"),
        new("REBUILD that changes the primary key", T, "pragma foreign_keys=off; create table t2(id int,a text primary key,n); insert into t2(id,a,n) select id,a,n from t; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "select name from pragma_table_info('t') where pk=1;", "a", "primary-key-changed"),
        new("REBUILD that makes a column NOT NULL", T, "pragma foreign_keys=off; create table t2(id integer primary key,a,n int not null); insert into t2(id,a,n) select id,a,n from t; drop table t; alter table t2 rename to t; pragma foreign_keys=on;", "", "NOT NULL constraint failed: t2.n", "rebuild-tightens-column"),
        new("INSERT OR REPLACE resets what it does not name", T, "insert or replace into t(id,a) values(1,'new');", "select 'n is null', n is null from t where id=1;", "n is null|1", "replace-deletes-rows"),
        new("foreign keys left off", On, "pragma foreign_keys=off;", "pragma foreign_keys;", "0", "foreign-keys-left-off"),
        new("a transaction that is never committed", T, "begin; insert into t values(3,'z',3);", "rollback; select count(*) from t;", "2", "transaction-left-open"),
        new("DROP VIEW", $"{T} create view v as select n from t;", "drop view v;", "select * from v;", "no such table: v", "drop-view-or-trigger"),
        new("ATTACH", T, "attach ':memory:' as other;", "", "", "attached-database"),
        new("DELETE without WHERE", T, "delete from t;", "select count(*) from t;", "0", "unbounded-delete"),
        new("a statement of another engine", T, "truncate table t;", "", "syntax error", "statement-not-analysed"),
    ];
}
