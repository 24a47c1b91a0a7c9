using System.Text.RegularExpressions;

using Npgsql;

using SafeDb.PostgreSql.Risk;
using SafeDb.Risk;
using SafeDb.Sql;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Risk;

/// <summary>Every safer sequence is run on a real server with rows: it gives the same schema as the statement that it stands for, keeps the rows, and is analysed as Safe itself.</summary>
public sealed partial class SaferSqlTests(PostgresCluster cluster)
{
    private const string Setup = """
        CREATE TABLE customers(id bigint PRIMARY KEY, email text);
        INSERT INTO customers SELECT g, g || '@x' FROM generate_series(1, 50) g;
        CREATE TABLE orders(id bigint NOT NULL, customer_id bigint, code varchar(10), qty integer NOT NULL, total numeric(10,2), placed timestamp);
        INSERT INTO orders SELECT g, g, 'c' || g, g, g * 1.25, '2024-01-01' FROM generate_series(1, 50) g;
        CREATE INDEX orders_placed ON orders(placed);
        CREATE TABLE loose(id bigint, v text);
        INSERT INTO loose SELECT g, 'v' FROM generate_series(1, 50) g;
        CREATE UNIQUE INDEX loose_id ON loose(id);
        CREATE TABLE parts(id integer NOT NULL, n integer) PARTITION BY RANGE (id);
        CREATE TABLE parts_a PARTITION OF parts FOR VALUES FROM (0) TO (100);
        CREATE TABLE parts_b PARTITION OF parts FOR VALUES FROM (100) TO (200);
        INSERT INTO parts SELECT g, g FROM generate_series(1, 150) g;
        CREATE TABLE later(id integer NOT NULL, n integer);
        INSERT INTO later SELECT g, g FROM generate_series(200, 250) g;
        CREATE DOMAIN amount AS integer;
        CREATE TABLE amounts(a amount);
        INSERT INTO amounts VALUES (1);
        CREATE MATERIALIZED VIEW report AS SELECT id, code FROM orders;
        CREATE UNIQUE INDEX report_id ON report(id);
        CREATE TABLE checked(id integer, code varchar(10) CONSTRAINT checked_code CHECK (code <> ''));
        INSERT INTO checked SELECT g, 'c' || g FROM generate_series(1, 50) g;
        CREATE SCHEMA archive;
        """;

    [Theory]
    [InlineData("add-column-volatile-default", "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid()")]
    [InlineData("add-column-volatile-default", "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()")]
    [InlineData("add-column-volatile-default", "ALTER TABLE orders ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE")]
    [InlineData("add-column-serial", "ALTER TABLE orders ADD COLUMN no serial")]
    [InlineData("add-column-serial", "ALTER TABLE orders ADD COLUMN no bigserial PRIMARY KEY")]
    [InlineData("add-column-serial", "ALTER TABLE orders ADD COLUMN no bigint GENERATED ALWAYS AS IDENTITY")]
    [InlineData("add-column-inline-constraint", "ALTER TABLE orders ADD COLUMN rating integer DEFAULT 5 CHECK (rating > 0)")]
    [InlineData("add-column-inline-constraint", "ALTER TABLE orders ADD COLUMN alias text UNIQUE")]
    [InlineData("add-column-foreign-key-locks-parent", "ALTER TABLE orders ADD COLUMN other_id bigint DEFAULT 1 REFERENCES customers(id) ON DELETE CASCADE")]
    [InlineData("set-not-null-scans-table", "ALTER TABLE orders ALTER COLUMN code SET NOT NULL")]
    [InlineData("add-check-scans-table", "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0)")]
    [InlineData("add-check-scans-table", "ALTER TABLE orders ADD CHECK (total > 0)")]
    [InlineData("add-foreign-key-scans-tables", "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers(id) ON DELETE SET NULL DEFERRABLE")]
    [InlineData("add-foreign-key-scans-tables", "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers")]
    [InlineData("add-unique-builds-index", "ALTER TABLE orders ADD UNIQUE (customer_id, code)")]
    [InlineData("add-primary-key-builds-index", "ALTER TABLE orders ADD PRIMARY KEY (id)")]
    [InlineData("add-primary-key-builds-index", "ALTER TABLE loose ADD CONSTRAINT key PRIMARY KEY (id)")]
    [InlineData("primary-key-using-nullable-index", "ALTER TABLE loose ADD CONSTRAINT loose_id PRIMARY KEY USING INDEX loose_id")]
    [InlineData("create-index-blocks-writes", "CREATE INDEX orders_code ON orders (lower(code)) WHERE total > 1")]
    [InlineData("create-index-blocks-writes", "CREATE INDEX parts_n ON parts (n)")]
    [InlineData("drop-index-blocks-table", "DROP INDEX orders_placed")]
    [InlineData("reindex-blocks-writes", "REINDEX TABLE orders")]
    [InlineData("change-type-rewrites-table", "ALTER TABLE orders ALTER COLUMN qty TYPE bigint")]
    [InlineData("change-type-rewrites-table", "ALTER TABLE orders ALTER COLUMN total TYPE integer USING round(total)::integer")]
    [InlineData("rename-breaks-running-code", "ALTER TABLE orders RENAME TO purchases")]
    [InlineData("rename-breaks-running-code", "ALTER TABLE orders RENAME COLUMN total TO amount")]
    [InlineData("attach-partition-scans", "ALTER TABLE parts ATTACH PARTITION later FOR VALUES FROM (200) TO (300)")]
    [InlineData("create-partition-locks-parent", "CREATE TABLE parts_c PARTITION OF parts FOR VALUES FROM (300) TO (400)")]
    [InlineData("detach-partition-locks-parent", "ALTER TABLE parts DETACH PARTITION parts_b")]
    [InlineData("alter-domain-scans-tables", "ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0)")]
    [InlineData("refresh-blocks-readers", "REFRESH MATERIALIZED VIEW report")]
    [InlineData("add-column-serial", "ALTER TABLE orders ADD COLUMN no integer GENERATED BY DEFAULT AS IDENTITY")]
    [InlineData("add-column-inline-constraint", "ALTER TABLE orders ADD COLUMN rating integer NOT NULL DEFAULT 5 CONSTRAINT rated CHECK (rating > 0)")]
    [InlineData("add-foreign-key-scans-tables", "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers ON UPDATE CASCADE INITIALLY DEFERRED")]
    [InlineData("create-index-blocks-writes", "CREATE UNIQUE INDEX orders_one ON orders USING btree (id) INCLUDE (code)")]
    [InlineData("create-index-blocks-writes", "CREATE INDEX ON orders (code)")]
    [InlineData("drop-index-blocks-table", "DROP INDEX IF EXISTS orders_placed")]
    [InlineData("reindex-blocks-writes", "REINDEX INDEX orders_placed")]
    [InlineData("change-type-rescans-check", "ALTER TABLE checked ALTER COLUMN code TYPE text")]
    [InlineData("rename-breaks-running-code", "ALTER TABLE orders SET SCHEMA archive")]
    [InlineData("concurrently-in-transaction", "CREATE INDEX CONCURRENTLY orders_code ON orders (code)")]
    [InlineData("concurrently-in-transaction", "DROP INDEX CONCURRENTLY orders_placed")]
    [InlineData("lock-timeout-missing", "ALTER TABLE orders ADD COLUMN hint text")]
    [InlineData("concurrent-index-on-partitioned-table", "CREATE INDEX CONCURRENTLY parts_n ON parts (n)", "CREATE INDEX parts_n ON parts (n)")]
    public async Task The_safer_way_ends_in_the_same_place(string rule, string sql, string? meant = null)
    {
        RiskFinding finding = Assert.Single(Analyse(sql).AllFindings, finding => finding.Rule == rule);
        Assert.NotNull(finding.SaferSql);
        AssertSafe(finding.SaferSql);

        await using TestDatabase plain = await cluster.CreateDatabaseAsync();
        await plain.ExecuteAsync(Setup);
        await plain.ExecuteAsync(meant ?? sql);
        await using TestDatabase safer = await cluster.CreateDatabaseAsync();
        await safer.ExecuteAsync(Setup);
        string later = string.Join('\n', Later().Matches(finding.SaferSql).Select(match => match.Groups["sql"].Value));
        foreach ((string migration, bool transaction) in Migrations(finding.SaferSql))
        {
            await RunAsync(safer, migration, transaction);
        }

        await RunAsync(safer, later, transaction: true);
        Assert.Equal(Sorted(await PgDump.SchemaOnlyAsync(plain)), Sorted(await PgDump.SchemaOnlyAsync(safer)));
        string orders = sql.Contains("purchases", StringComparison.Ordinal) ? "purchases" : sql.Contains("archive", StringComparison.Ordinal) ? "archive.orders" : "orders";
        foreach (string table in new[] { "customers", "loose", "parts", "amounts", "checked", orders })
        {
            Assert.Equal(await RowsAsync(plain, table), await RowsAsync(safer, table));
        }
    }

    [Theory]
    [InlineData("text", "'abcdef'", "varchar(3)", "'abc'", "22001")]
    [InlineData("varchar(10)", "'abcdef'", "varchar(3)", "'abc  '", "22001")]
    [InlineData("varchar(10)", "'abcdef'", "char(3)", "'abc'", "22001")]
    [InlineData("char(10)", "'abcdef'", "char(3)", "'abc'", "22001")]
    [InlineData("integer", "12345", "varchar(3)", "123", "22001")]
    [InlineData("bit varying(8)", "B'10101010'", "bit varying(4)", "B'1010'", "22001")]
    [InlineData("bit(8)", "B'10101010'", "bit varying(4)", null, "22001")]
    [InlineData("bit varying(8)", "B'10101010'", "bit(4)", "B'1010'", "22026")]
    [InlineData("bigint", "9999999999", "integer", "7", "22003")]
    [InlineData("numeric(10,2)", "12345.67", "numeric(5,2)", "123.45", "22003")]
    public async Task What_stops_the_change_of_type_stops_the_safer_way_too(string old, string bad, string type, string? good, string error)
    {
        string sql = $"ALTER TABLE narrow ALTER COLUMN c TYPE {type}";
        string setup = $"CREATE TABLE narrow(id bigint PRIMARY KEY, c {old}); INSERT INTO narrow VALUES (1, {good ?? "NULL"});";
        FileRisk risk = RiskFixtures.Analyse(sql + ";", setup);
        Assert.DoesNotContain(risk.AllFindings, finding => finding.Rule == "change-type-loses-data");
        Assert.Contains(risk.AllFindings, finding => finding.Rule == "change-type-may-fail");
        string[] steps = [.. Migrations(Assert.Single(risk.AllFindings, finding => finding.Rule == "change-type-rewrites-table").SaferSql!).Select(step => step.Sql)];

        // The value was there before: the backfill stops, and the value stays.
        await using TestDatabase filled = await cluster.CreateDatabaseAsync();
        await filled.ExecuteAsync($"{setup} INSERT INTO narrow VALUES (2, {bad})");
        Assert.Equal(error, (await Assert.ThrowsAsync<PostgresException>(() => filled.ExecuteAsync(sql))).SqlState);
        await RunAsync(filled, steps[0], transaction: true);
        Assert.Equal(error, (await Assert.ThrowsAsync<PostgresException>(() => RunAsync(filled, steps[1], transaction: true))).SqlState);
        Assert.Equal(1, await filled.ScalarAsync<long>($"SELECT count(*) FROM narrow WHERE c = {bad}"));

        // It comes while the steps go on: the trigger refuses it. What fits ends as the ALTER leaves it.
        await using TestDatabase plain = await cluster.CreateDatabaseAsync();
        await plain.ExecuteAsync(setup + sql);
        await using TestDatabase safer = await cluster.CreateDatabaseAsync();
        await safer.ExecuteAsync(setup);
        await RunAsync(safer, steps[0], transaction: true);
        Assert.Equal(error, (await Assert.ThrowsAsync<PostgresException>(() => safer.ExecuteAsync($"INSERT INTO narrow VALUES (2, {bad})"))).SqlState);
        await RunAsync(safer, steps[1], transaction: true);
        const string Value = "SELECT coalesce({0}::text, '') || pg_typeof({0}) FROM narrow";
        Assert.Equal(await plain.ScalarAsync<string>(string.Format(null, Value, "c")), await safer.ScalarAsync<string>(string.Format(null, Value, "c_new")));
    }

    [Fact]
    public void What_the_server_refuses_without_a_conversion_has_no_safer_way() =>
        Assert.All(RiskFixtures.Analyse("ALTER TABLE orders ALTER COLUMN code TYPE integer;").AllFindings.Where(finding => finding.Rule.StartsWith("change-type", StringComparison.Ordinal)), finding => Assert.Null(finding.SaferSql));

    [Fact]
    public void Every_rule_that_proposes_something_has_a_case()
    {
        HashSet<string> covered = [.. typeof(SaferSqlTests).GetMethod(nameof(The_safer_way_ends_in_the_same_place))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Select(data => (string)((InlineDataAttribute)data).Data[0]!)];
        Assert.Empty(SaferSqlRules.In("SafeDb.PostgreSql").Concat(SaferSqlRules.In("SafeDb.Core")).Except(covered, StringComparer.Ordinal));
    }

    private static FileRisk Analyse(string sql) => Assert.Single(new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse(
        [new RiskFile(new SourceText(Setup), FileTransaction.Single) { Applied = true }, new RiskFile(new SourceText(sql + ";"), FileTransaction.Single)], new RiskOptions { ServerVersion = 150000 }));

    private static void AssertSafe(string safer)
    {
        // The migrations of a safer sequence run one after the other, and every rule looks at them: the dialect's and the policy documents'.
        RiskFile[] files =
        [
            new RiskFile(new SourceText(Setup), FileTransaction.Single) { Applied = true },
            .. Migrations(safer).Select(part => new RiskFile(new SourceText(part.Sql), part.Transaction ? FileTransaction.Single : FileTransaction.PerStatement)),
        ];
        foreach (FileRisk risk in new RiskAnalyzer(new PostgreSqlRiskDialect()).Analyse(files, new RiskOptions { ServerVersion = 150000, PendingTogether = true }))
        {
            Assert.All(risk.Statements, statement => Assert.True(statement.Analysed, statement.Sql));
            Assert.True(risk.Level == RiskLevel.Safe, risk.Source!.Text + "\n" + string.Join('\n', risk.AllFindings.Where(finding => finding.Level > RiskLevel.Safe)));
            Assert.DoesNotContain(risk.AllFindings, finding => finding.Rule == "lock-timeout-missing");
        }
    }

    private static IEnumerable<(string Sql, bool Transaction)> Migrations(string safer) => Heading().Split(safer).Where(part => part.Trim().Length > 0)
        .Select(part => (part, !part.Contains("-- safedb:no-transaction", StringComparison.Ordinal)));

    private static async Task RunAsync(TestDatabase database, string sql, bool transaction)
    {
        if (transaction)
        {
            await database.ExecuteAsync("BEGIN;" + sql + "\n;COMMIT");
            return;
        }

        await using NpgsqlConnection connection = await database.OpenAsync();
        foreach (ScriptPiece piece in ScriptTests.Split(sql).Where(piece => piece.Kind == ScriptPieceKind.Statement))
        {
            await MeasuredEffect.ExecuteAsync(connection, sql.Substring(piece.StatementStart, piece.StatementLength));
        }
    }

    // A second column stands last where a change in place keeps its position: the order of columns and of objects is not part of the comparison.
    private static string Sorted(string dump) => string.Join('\n', dump.Split('\n').Select(line => line.Trim().TrimEnd(',')).Where(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static async Task<string?> RowsAsync(TestDatabase database, string table) =>
        await database.ScalarAsync<string>($"SELECT coalesce(string_agg((to_jsonb(t) - 'token' - 'no' - 'placed')::text, E'\\n' ORDER BY (to_jsonb(t) - 'token' - 'no')::text), '') FROM {table} t");

    [GeneratedRegex(@"^-- migration \d+ of \d+\n", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^-- one release later: (?<sql>.*)$", RegexOptions.Multiline)]
    private static partial Regex Later();
}
