using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>What a standby does not have: unlogged tables and sequences are there without content.</summary>
internal static class StandbyNotices
{
    private const char Unlogged = 'u';

    /// <summary>One line for all of them, or none.</summary>
    public static IEnumerable<string> Of(PostgreSqlSchema schema, bool standby)
    {
        string[] names =
        [
            .. schema.Tables.Where(table => standby && table.Persistence == Unlogged).Select(table => table.Name),
            .. schema.Sequences.Where(sequence => sequence.IsAbsentOnStandby).Select(sequence => sequence.Name),
        ];
        return names.Length == 0 ? [] : [$"A standby has no content of what is unlogged; it is restored empty: {string.Join(", ", names)}."];
    }
}
