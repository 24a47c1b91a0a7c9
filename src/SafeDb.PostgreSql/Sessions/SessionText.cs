namespace SafeDb.PostgreSql.Sessions;

/// <summary>How a session is named to a person: as much of it as the server shows to this user.</summary>
internal static class SessionText
{
    private const string Time = "'YYYY-MM-DD HH24:MI:SS\"Z\"'";

    /// <summary>SQL of the text of a row of <c>pg_stat_activity</c>. To whom may not read its state the server shows process, user and application.</summary>
    /// <param name="row">The row's alias.</param>
    public static string Of(string row) => $"""
        'pid ' || {row}.pid || ' (user ' || COALESCE({row}.usename, 'unknown') || COALESCE(', application ' || NULLIF({row}.application_name, ''), '') || COALESCE(', ' || {row}.state, '')
        || COALESCE(', transaction since ' || pg_catalog.to_char({row}.xact_start AT TIME ZONE 'UTC', {Time}), ' since ' || pg_catalog.to_char({row}.state_change AT TIME ZONE 'UTC', {Time}), '') || ')'
        """;
}
