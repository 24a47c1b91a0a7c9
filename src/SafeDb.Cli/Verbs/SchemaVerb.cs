using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Schema;

namespace SafeDb.Cli.Verbs;

/// <summary><c>safedb schema</c>: Get-SafeDbSchema.</summary>
internal static class SchemaVerb
{
    public static Command Create(VerbRunner runner)
    {
        Argument<string?> database = VerbArguments.Database();
        var command = new Command("schema", "Read a database's schema: SQL as text, a snapshot for 'safedb drift' as JSON.") { database };
        return runner.Bind(command, async (parsed, session, stop) =>
        {
            SchemaSnapshot snapshot = await new SchemaSnapshotService(session.Engine).ReadAsync(session.Database(parsed.GetValue(database)), stop).ConfigureAwait(false);
            return new VerbResult(snapshot) { Text = _ => $"-- {snapshot.Database}, fingerprint {snapshot.Fingerprint}\n\n{snapshot.ToSql()}" };
        });
    }
}
