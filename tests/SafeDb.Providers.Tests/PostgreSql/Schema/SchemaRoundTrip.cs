using System.Text.RegularExpressions;

using Npgsql;

using SafeDb.PostgreSql.Schema;
using SafeDb.Schema;

using Xunit;

namespace SafeDb.Providers.Tests.PostgreSql.Schema;

/// <summary>Reads a database's schema, makes a second database of it, and compares the two by our own reading and by pg_dump's.</summary>
internal static class SchemaRoundTrip
{
    public static async Task<PostgreSqlSchema> ReadAsync(TestDatabase database, SchemaReadOptions? options = null)
    {
        await using NpgsqlConnection connection = await database.OpenWithoutTypesAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        return await PostgreSqlSchemaReader.ReadAsync(connection, options ?? new SchemaReadOptions { IncludeSecrets = true }, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads the schema without some kinds of object, as if their reader had been forgotten.</summary>
    public static async Task<PostgreSqlSchema> ReadWithoutAsync(TestDatabase database, string kind)
    {
        await using NpgsqlConnection connection = await database.OpenWithoutTypesAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        return await PostgreSqlSchemaReader.ReadAsync(connection, new SchemaReadOptions(), candidate => candidate != kind, TestContext.Current.CancellationToken);
    }

    /// <summary>Runs the definitions in their order, exactly as written: psql sends them one by one, as a driver that cuts at semicolons would not.</summary>
    public static async Task CreateAsync(TestDatabase database, DatabaseSchema schema)
    {
        string file = Path.Combine(Path.GetTempPath(), $"{database.Name}.sql");
        try
        {
            await File.WriteAllLinesAsync(
                file, schema.Objects.Select(item => item.Definition).Prepend("SET check_function_bodies = off; SET search_path = ''; SET client_min_messages = error;"), TestContext.Current.CancellationToken);
            await database.Cluster.RunToolAsync("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose", "-o", OperatingSystem.IsWindows() ? "NUL" : "/dev/null", "-d", database.Name, "-f", file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Makes the copy and asserts that it equals the source in every respect.</summary>
    public static async Task AssertEqualAsync(TestDatabase source)
    {
        PostgreSqlSchema schema = await ReadAsync(source);
        Assert.Empty(schema.Coverage.NotCovered);
        await using TestDatabase copy = await source.Cluster.CreateDatabaseAsync();
        await CreateAsync(copy, schema.Schema);
        PostgreSqlSchema again = await ReadAsync(copy);
        Assert.Empty(again.Coverage.NotCovered);
        AssertNone(SchemaComparer.Compare(schema.Schema, again.Schema).Select(difference => $"{difference.Change} {difference.Kind} {difference.Identity}\n- {difference.Before}\n+ {difference.After}"));
        Assert.Equal(schema.Schema.Fingerprint(), again.Schema.Fingerprint());
        Assert.Equal(schema.Schema.Objects.Select(item => item.Key), again.Schema.Objects.Select(item => item.Key));
        AssertSameDump(await PgDump.SchemaOnlyAsync(source), await PgDump.SchemaOnlyAsync(copy));
    }

    /// <summary>As Assert.Empty, but shows the whole of what is there.</summary>
    private static void AssertNone(IEnumerable<string> lines)
    {
        if (string.Join("\n\n", lines) is { Length: > 0 } text)
            Assert.Fail(text);
    }

    public static void AssertSameDump(string source, string copy)
    {
        // Of views that need each other pg_dump cuts one, and which one follows from oids: those views are judged by our own comparison alone.
        HashSet<string> cut = [.. Regex.Matches(source + copy, @"^-- Name: (?<view>.*) _RETURN; Type: RULE;", RegexOptions.Multiline | RegexOptions.ExplicitCapture).Select(match => match.Groups["view"].Value)];
        string[] expected = Entries(source, cut);
        string[] actual = Entries(copy, cut);
        AssertNone(expected.Except(actual).Select(entry => "only in the source: " + entry).Concat(actual.Except(expected).Select(entry => "only in the copy: " + entry)));
        Assert.Equal(expected.Length, actual.Length);
    }

    /// <summary>
    /// The entries of a dump without their order, which PostgreSQL itself takes from names and oids: sorted, and the lines of privileges sorted within their entry.
    /// Entries of large objects are left out: they are data.
    /// </summary>
    private static string[] Entries(string dump, HashSet<string> without) => [.. dump.Split("\n--\n-- Name: ").Skip(1)
        .Where(entry => !entry.Contains("; Type: BLOB", StringComparison.Ordinal) && !entry.StartsWith("LARGE OBJECT ", StringComparison.Ordinal))
        .Where(entry => !without.Contains(entry.Split(';')[0]) && !entry.Contains(" _RETURN; Type: RULE;", StringComparison.Ordinal))
        .Select(entry => string.Join('\n', Lines(entry))).Order(StringComparer.Ordinal)];

    private static IEnumerable<string> Lines(string entry)
    {
        // Which access method and tablespace the next tables get is said only when it changes from one entry to the next, so it depends on their order.
        IEnumerable<string> lines = entry.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("SET default_", StringComparison.Ordinal) && !line.StartsWith("-- PostgreSQL database dump", StringComparison.Ordinal) && line != "--");
        return entry.Contains("Type: ACL;", StringComparison.Ordinal) || entry.Contains("Type: DEFAULT ACL;", StringComparison.Ordinal) ? lines.Order(StringComparer.Ordinal) : lines;
    }
}
