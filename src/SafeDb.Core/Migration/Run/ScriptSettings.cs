using SafeDb.Migration.Script;
using SafeDb.Providers;

namespace SafeDb.Migration.Run;

/// <summary>What a script sets for its session (a search path, a role) holds to the script's end, also when an interrupted one goes on in another session.</summary>
internal static class ScriptSettings
{
    /// <summary>Sets again what the segments that took effect had set.</summary>
    public static async Task ReplayAsync(IScriptExecution execution, IDatabaseSession session, ExecutableScript script, int segmentsDone, CancellationToken cancellationToken)
    {
        IEnumerable<ScriptStatement> done = script.Segments.Where(segment => segment.Index <= segmentsDone).SelectMany(segment => segment.Statements);
        foreach (ScriptStatement statement in done.Where(statement => execution.SetsSession(statement.Sql)))
        {
            await session.ExecuteAsync(statement.Sql, cancellationToken).ConfigureAwait(false);
        }
    }
}
