namespace SafeDb.PostgreSql.Sql;

/// <summary>Storage parameters by the lock that changing them takes, as the server's own list has it (<c>reloptions.c</c>, documented under ALTER TABLE … SET).</summary>
internal static class PgStorageOptions
{
    private static readonly string[] Exclusive =
        ["user_catalog_table", "fastupdate", "gin_pending_list_limit", "buffering", "pages_per_range", "autosummarize", "security_barrier", "security_invoker", "check_option", "length"];

    /// <summary>The lock for a parameter.</summary>
    public static PgLock LockOf(string option) => Exclusive.Contains(option.ToLowerInvariant()) ? PgLock.AccessExclusive : PgLock.ShareUpdateExclusive;
}
