using SafeDb.Archive;
using SafeDb.Providers;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Data;

public sealed class RoundTripTests(PostgresCluster cluster)
{
    private const string EveryType = """
        CREATE SCHEMA "Odd ""Schema";
        CREATE TYPE mood AS ENUM ('sad', 'o''k', 'very happy');
        CREATE TYPE place AS (street text, "No." int, tags text[]);
        CREATE TABLE "Odd ""Schema"."Every Type" (
          id int PRIMARY KEY, a smallint, b bigint, c numeric, d numeric(20,5), e real, f double precision, g money, h text, i varchar(10), j char(5), k bytea, l timestamp,
          m timestamptz, n date, o time, p timetz, q interval, r boolean, s mood, t point, u line, v lseg, w box, x path, y polygon, z circle, aa cidr, ab inet, ac macaddr,
          ad macaddr8, ae bit(3), af varbit, ag tsvector, ah tsquery, ai uuid, aj xml, ak json, al jsonb, am int[], an text[][], ao place, ap place[], aq int4range, ar tstzrange,
          at int4multirange, au pg_lsn, av txid_snapshot, aw jsonpath, ax name, ay oid, az "char", ba regclass, generated int GENERATED ALWAYS AS (id * 2) STORED, "tab	le" text);
        INSERT INTO "Odd ""Schema"."Every Type" (id) VALUES (0);
        INSERT INTO "Odd ""Schema"."Every Type" VALUES (1, -32768, 9223372036854775807, 'NaN', -0.00001, 'NaN', '-Infinity', -12.34, E'tab\there\nnew\r\\N \\. "quoted"', '', '  x', '\x00ff5c0a09',
          'infinity', '-infinity', '0044-03-15 BC', '24:00:00', '00:00:00+15:59', '-1 year 2 mons -3 days 04:05:06.789', false, 'o''k', '(1e-300,-0)', '{1,2,3}', '[(0,0),(1,1)]', '(1,1),(0,0)',
          '[(0,0),(1,1)]', '((0,0),(1,1))', '<(0,0),1>', '10.0.0.0/8', '::1/64', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '101', '', '''a'':1A fat:2B,4C', 'a & !b', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
          '<a>&amp;</a>', '{"b": 1, "a":  null, "b": 2}', '{"b": 1, "a": null, "n": 1.10}', '[0:2]={1,NULL,3}', '{{"a","NULL"},{NULL,"\\"}}', '("a ""b"", \\c",,"{x,NULL}")', '{"(,,)"}', '[1,5)', '["2020-01-01 00:00+02",)',
          '{[1,2),[5,9)}', '16/B374D848', '10:20:10,14,15', '$.a[*] ? (@ > 1)', 'name', 4294967295, 'c', 'pg_class', DEFAULT, E'\\');
        INSERT INTO "Odd ""Schema"."Every Type" (id, c, e, f, h, k, m, q, am) VALUES
          (2, 1e1000, -0.0::real, 4.9e-324, '', '', '4713-01-01 00:00:00 BC', '178000000 years', '{}'), (3, 0.1000, 1.1754944e-38, 0.1, E'\u00e4\U0001F600', repeat('x', 100000)::bytea, '294276-12-31 23:59:59.999999', '-0.000001 s', NULL);
        """;

    [Fact]
    public async Task Every_type_comes_back_as_the_same_text()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync(EveryType);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);

        // The oracle: PostgreSQL's own program writes the same rows for both.
        Assert.Equal(await RowsByPgDumpAsync(source, source.Name), await RowsByPgDumpAsync(source, copy.Copy.DatabaseName));
    }

    [Fact]
    public async Task Tables_without_columns_without_rows_and_with_partitions_come_back()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE nothing ();
            INSERT INTO nothing DEFAULT VALUES; INSERT INTO nothing DEFAULT VALUES;
            CREATE TABLE only_generated (g int GENERATED ALWAYS AS (1) STORED);
            INSERT INTO only_generated DEFAULT VALUES;
            CREATE TABLE empty (id int PRIMARY KEY, note text);
            CREATE TABLE measure (at date NOT NULL, value int) PARTITION BY RANGE (at);
            CREATE TABLE measure_2024 PARTITION OF measure FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            CREATE TABLE measure_rest PARTITION OF measure DEFAULT;
            INSERT INTO measure SELECT date '2024-06-01' + i, i FROM generate_series(1, 400) i;
            CREATE SEQUENCE numbers; SELECT setval('numbers', 77, false);
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        Assert.Equal(2, archive.Manifest.Tables.Single(table => table.Name == "public.nothing").Fingerprint!.Rows);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Equal(await RowsByPgDumpAsync(source, source.Name), await RowsByPgDumpAsync(source, copy.Copy.DatabaseName));
    }

    [Fact]
    public async Task A_large_table_is_read_in_slices_that_miss_and_repeat_no_row()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE big (id int PRIMARY KEY, filler text);
            INSERT INTO big SELECT i, repeat(md5(i::text), 8) FROM generate_series(1, 150000) i;
            DELETE FROM big WHERE id % 7 = 0;
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 3 });
        Assert.True(archive.Manifest.Parts.Count(part => part.Target == "public.big") > 1);
        Assert.Equal(Enumerable.Range(1, 150000).Where(id => id % 7 != 0), archive.Lines("public.big").Select(line => int.Parse(line.Split('\t')[0])).Order());
        MemoryArchive whole = await MemoryArchive.BackupAsync(source.Address, new BackupRequest { Jobs = 1 });
        Assert.Equal(whole.Manifest.Tables[0].Fingerprint, archive.Manifest.Tables[0].Fingerprint);
    }

    [Fact]
    public async Task A_table_that_inherited_a_column_late_is_read_back_in_the_order_of_the_archive()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE parent (id int);
            CREATE TABLE child (own text) INHERITS (parent);
            ALTER TABLE parent ADD COLUMN late int;
            INSERT INTO child (id, own, late) SELECT i, 'row ' || i, -i FROM generate_series(1, 30) i;
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        const string Order = "SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'child'::regclass AND attnum > 0";
        Assert.Equal(("id,own,late", "id,late,own"), (await source.ScalarAsync<string>(Order), await ScalarAsync(copy.Copy, Order)));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
    }

    [Fact]
    public async Task A_materialized_view_whose_owner_reads_by_a_grant_is_filled()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteOnServerAsync("DO $$ BEGIN CREATE ROLE safedb_view_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
        await source.ExecuteAsync("""
            CREATE TABLE base (id int);
            INSERT INTO base SELECT generate_series(1, 9);
            CREATE MATERIALIZED VIEW filled AS SELECT id FROM base;
            ALTER MATERIALIZED VIEW filled OWNER TO safedb_view_owner;
            GRANT SELECT ON base TO safedb_view_owner;
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Equal("9", await ScalarAsync(copy.Copy, "SELECT count(*)::text FROM filled"));
    }

    [Fact]
    public async Task A_materialized_view_whose_owner_lost_his_rights_is_left_without_rows_and_named()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await cluster.ExecuteOnServerAsync("DO $$ BEGIN CREATE ROLE safedb_view_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
        await source.ExecuteAsync("""
            CREATE TABLE base AS SELECT 1 AS id;
            CREATE MATERIALIZED VIEW lost AS SELECT id FROM base;
            CREATE MATERIALIZED VIEW above AS SELECT id FROM lost;
            ALTER MATERIALIZED VIEW lost OWNER TO safedb_view_owner;
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        var messages = new Messages();
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source) with { Observer = messages });
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Contains(messages.Warnings, warning => warning.StartsWith("public.lost is left without rows", StringComparison.Ordinal));
        Assert.Equal("1", await ScalarAsync(copy.Copy, "SELECT count(*)::text FROM base"));
    }

    [Fact]
    public async Task Whole_tables_are_loaded_frozen()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            CREATE TABLE one (id int PRIMARY KEY, note text);
            INSERT INTO one SELECT i, md5(i::text) FROM generate_series(1, 3000) i;
            CREATE TABLE two (id int PRIMARY KEY, one_id int NOT NULL REFERENCES one);
            CREATE INDEX two_one ON two (one_id);
            INSERT INTO two SELECT i, i FROM generate_series(1, 3000) i;
            CREATE TABLE three (LIKE two INCLUDING ALL) PARTITION BY RANGE (id);
            CREATE TABLE three_low PARTITION OF three FOR VALUES FROM (0) TO (2000);
            CREATE TABLE three_high PARTITION OF three DEFAULT;
            INSERT INTO three SELECT * FROM two;
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        Assert.Equal(
            "one,three_high,three_low,two",
            await ScalarAsync(copy.Copy, "SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND oid >= 16384 AND relpages > 0 AND relallvisible = relpages"));
        Assert.Equal("t", await ScalarAsync(copy.Copy, "SELECT convalidated::text::\"char\"::text FROM pg_constraint WHERE contype = 'f'"));
    }

    [Fact]
    public async Task Large_objects_come_back_with_every_byte()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("""
            SELECT lo_from_bytea(1001, '');
            SELECT lo_from_bytea(1002, '\x00010203ff');
            SELECT lo_from_bytea(1003, decode(repeat('00ff5c0a', 200000), 'hex'));
            SELECT lo_from_bytea(4000000000, 'last');
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        const string Digest = "SELECT string_agg(oid || ':' || length(lo_get(oid)) || ':' || md5(lo_get(oid)), ',' ORDER BY oid) FROM pg_largeobject_metadata";
        Assert.Equal(await source.ScalarAsync<string>(Digest), await ScalarAsync(copy.Copy, Digest));
    }

    private static async Task<string> ScalarAsync(Addresses.DatabaseAddress address, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(address.GetConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<string> RowsByPgDumpAsync(TestDatabase near, string database)
    {
        string text = await near.Cluster.RunToolAsync("pg_dump", "-a", "--column-inserts", "--rows-per-insert=1", database);
        return string.Join('\n', text.Split('\n').Where(line => !line.StartsWith('\\') && !line.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }
}
