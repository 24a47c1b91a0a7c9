using Npgsql;

using SafeDb.PostgreSql.Schema;
using SafeDb.Providers.Tests.PostgreSql.Data;
using SafeDb.Providers;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>What users put on the objects of an extension is kept, or said not to be covered.</summary>
public sealed class ExtensionAdditionTests(PostgresCluster cluster)
{
    // A member made as an extension's script makes it: table and membership in one transaction.
    private const string Member = """
        CREATE TABLE ext.member (id int PRIMARY KEY, state text CHECK (state <> ''), parent int REFERENCES ext.member);
        ALTER EXTENSION hstore ADD TABLE ext.member;
        """;

    private const string Additions = """
        CREATE FUNCTION public.noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE INDEX added_index ON ext.member (state);
        ALTER TABLE ext.member ADD CONSTRAINT added_check CHECK (id > 0);
        CREATE TRIGGER added_trigger BEFORE INSERT ON ext.member FOR EACH ROW EXECUTE FUNCTION public.noop();
        ALTER TABLE ext.member DISABLE TRIGGER added_trigger;
        CREATE RULE added_rule AS ON UPDATE TO ext.member WHERE new.id = 7 DO INSTEAD NOTHING;
        CREATE POLICY added_policy ON ext.member USING (id > 1);
        ALTER TABLE ext.member ENABLE ROW LEVEL SECURITY;
        ALTER TABLE ext.member SET (fillfactor = 70);
        COMMENT ON TABLE ext.member IS 'a user''s words';
        COMMENT ON COLUMN ext.member.state IS 'of a column';
        COMMENT ON FUNCTION ext.hstore(text, text) IS 'of a function';
        """;

    [Fact]
    public async Task Additions_to_a_member_are_objects_that_are_made_only_where_they_are_missing()
    {
        await using TestDatabase source = await MemberAsync();
        await source.ExecuteAsync(Additions);
        PostgreSqlSchema schema = await SchemaRoundTrip.ReadAsync(source);
        Assert.Empty(schema.Coverage.NotCovered);
        string[] keys = [.. schema.Schema.Objects.Select(item => item.Key)];
        foreach (string added in new[]
        {
            "index ext.added_index", "check ext.member.added_check", "trigger ext.member.added_trigger", "rule ext.member.added_rule", "policy ext.member.added_policy", "row security ext.member",
            "options ext.member", "comment TABLE ext.member", "comment COLUMN ext.member.state", "comment FUNCTION ext.hstore(pg_catalog.text,pg_catalog.text)", "foreign key ext.member.member_parent_fkey", "constraint ext.member.member_pkey",
        })
            Assert.Contains(added, keys);
        Assert.DoesNotContain("table ext.member", keys);

        // As they are there already nothing is made; what is dropped comes back as it was.
        await SchemaRoundTrip.CreateAsync(source, Additional(schema.Schema));
        await source.ExecuteAsync("""
            DROP INDEX ext.added_index; DROP TRIGGER added_trigger ON ext.member; DROP RULE added_rule ON ext.member; DROP POLICY added_policy ON ext.member;
            ALTER TABLE ext.member DROP CONSTRAINT added_check, DROP CONSTRAINT member_parent_fkey, DROP CONSTRAINT member_pkey, DISABLE ROW LEVEL SECURITY, RESET (fillfactor);
            COMMENT ON TABLE ext.member IS NULL;
            """);
        await SchemaRoundTrip.CreateAsync(source, Additional(schema.Schema));
        PostgreSqlSchema again = await SchemaRoundTrip.ReadAsync(source);
        Assert.Empty(SchemaComparer.Compare(schema.Schema, again.Schema));
    }

    [Theory]
    [InlineData("ALTER TABLE ext.member ADD COLUMN late int", "column late of ext.member, which belongs to the extension hstore")]
    [InlineData("ALTER TABLE ext.member ALTER COLUMN state SET STATISTICS 77", "column state of ext.member")]
    [InlineData("ALTER TABLE ext.member ALTER COLUMN state SET DEFAULT 'x'", "column state of ext.member")]
    [InlineData("ALTER TYPE ext.mood ADD VALUE 'late'", "label 'late' of type ext.mood")]
    [InlineData("ALTER DOMAIN ext.small ADD CONSTRAINT late CHECK (VALUE > 1)", "constraint late of type ext.small")]
    public async Task A_change_that_cannot_be_repeated_is_not_covered(string change, string expected)
    {
        await using TestDatabase source = await MemberAsync();
        Assert.Empty((await SchemaRoundTrip.ReadAsync(source)).Coverage.NotCovered);
        await source.ExecuteAsync(change);
        string line = Assert.Single((await SchemaRoundTrip.ReadAsync(source)).Coverage.NotCovered);
        Assert.StartsWith(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Additions_to_a_real_extensions_view_come_back_with_a_restore()
    {
        await using TestDatabase source = await cluster.CreateDatabaseAsync();
        await source.ExecuteAsync("CREATE EXTENSION pg_stat_statements; CREATE EXTENSION hstore VERSION '1.4'");
        await source.ExecuteAsync("ALTER EXTENSION hstore UPDATE");
        await source.ExecuteAsync("""
            CREATE FUNCTION noop() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
            CREATE TRIGGER added INSTEAD OF DELETE ON pg_stat_statements FOR EACH ROW EXECUTE FUNCTION noop();
            CREATE RULE added AS ON INSERT TO pg_stat_statements DO INSTEAD NOTHING;
            ALTER VIEW pg_stat_statements SET (security_barrier = true);
            COMMENT ON COLUMN pg_stat_statements.calls IS 'how often';
            COMMENT ON OPERATOR -> (hstore, text) IS 'a user''s words';
            GRANT SELECT ON pg_stat_statements TO pg_monitor;
            """);
        MemoryArchive archive = await MemoryArchive.BackupAsync(source.Address);
        Assert.Equal([], archive.Manifest.Coverage.NotCovered);
        await using IRestoreTarget copy = await Drill.RestoreAsync(archive, Drill.Scratch(source));
        await Drill.AssertEqualAsync(archive.Manifest, copy);
        const string Seen = """
            SELECT concat_ws('|', (SELECT string_agg(tgname, ',') FROM pg_trigger WHERE tgrelid = 'pg_stat_statements'::regclass),
              (SELECT string_agg(rulename, ',' ORDER BY rulename) FROM pg_rewrite WHERE ev_class = 'pg_stat_statements'::regclass), reloptions::text, relacl::text,
              col_description(oid, 3), (SELECT obj_description(oid, 'pg_operator') FROM pg_operator WHERE oid = '->(hstore,text)'::regoperator))
            FROM pg_class WHERE oid = 'pg_stat_statements'::regclass
            """;
        await using var restored = new NpgsqlConnection(cluster.ConnectionString(copy.Copy.DatabaseName));
        await restored.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(Seen, restored);
        Assert.Equal(await source.ScalarAsync<string>(Seen), (string?)await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    private static DatabaseSchema Additional(DatabaseSchema schema) => schema with
    {
        Objects = [.. schema.Objects.Where(item => item.Kind is not ("extension" or "schema" or "function" or "owner" or "acl"))],
    };

    private async Task<TestDatabase> MemberAsync()
    {
        TestDatabase database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE SCHEMA ext");
        await database.ExecuteAsync("CREATE EXTENSION hstore SCHEMA ext");
        await database.ExecuteAsync(Member + "CREATE TYPE ext.mood AS ENUM ('a'); ALTER EXTENSION hstore ADD TYPE ext.mood; CREATE DOMAIN ext.small AS int; ALTER EXTENSION hstore ADD DOMAIN ext.small");
        return database;
    }
}
