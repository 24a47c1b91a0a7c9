using System.Text.RegularExpressions;

namespace SafeDb.Providers.Tests.PostgreSql;

/// <summary>The oracle for schemas: what PostgreSQL's own program says of a database.</summary>
public static partial class PgDump
{
    /// <summary>The definitions of everything in the database as <c>pg_dump -s</c> writes them, without what differs from run to run.</summary>
    public static async Task<string> SchemaOnlyAsync(TestDatabase database, params string[] options)
    {
        string text = await database.Cluster.RunToolAsync("pg_dump", ["-s", .. options, database.Name]);
        return Noise().Replace(text, "");
    }

    [GeneratedRegex(@"^(\\(un)?restrict .*|-- Dumped (from|by) .*)\n", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Noise();
}
