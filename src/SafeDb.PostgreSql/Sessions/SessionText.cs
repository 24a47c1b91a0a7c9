namespace SafeDb.PostgreSql.Sessions;

/// <summary>How a session is named to a person: as much of it as the server shows to this user.</summary>
internal static class SessionText
{
    /// <summary>SQL of the text of a row <c>s</c> of <c>pg_stat_activity</c>. To whom may not read its state the server shows process, user and application.</summary>
    public const string Sql = """
        'pid ' || s.pid || ' (user ' || COALESCE(s.usename, 'unknown') || COALESCE(', application ' || NULLIF(s.application_name, ''), '') || COALESCE(', ' || s.state, '')
        || COALESCE(CASE WHEN s.state IN ('active', 'idle') THEN ' since ' ELSE ', transaction since ' END
          || pg_catalog.to_char(CASE WHEN s.state IN ('active', 'idle') THEN s.state_change ELSE s.xact_start END AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), '') || ')'
        """;
}
