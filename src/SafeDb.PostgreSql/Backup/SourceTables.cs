using SafeDb.Archive;
using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>The tables of a schema as sources of rows.</summary>
internal static class SourceTables
{
    private const string ConditionProperty = "condition";
    private const char Partitioned = 'p';
    private const char Unlogged = 'u';

    /// <summary>Every table that has rows of its own or could have, with the reason where they are left out.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="reasonToOmit">Why a table's rows are left out by choice, or null.</param>
    /// <param name="standby">Whether the server is a standby.</param>
    public static List<SourceTable> From(PostgreSqlSchema schema, Func<TableInfo, string?> reasonToOmit, bool standby) =>
        [.. schema.Tables.Where(table => table.Kind != Partitioned).Select(table => new SourceTable(table.Name, table.Columns, table.KeyColumns)
        {
            RowsOmitted = table.RowsOmitted
                ?? (standby && table.Persistence == Unlogged ? "unlogged table on a standby" : null)
                ?? reasonToOmit(table),
            MainBytes = table.MainBytes,
            TotalBytes = table.TotalBytes,
            IsHeap = table.AccessMethod == "heap",
            Condition = NonEmpty(table.ConfigurationCondition),
            Properties = NonEmpty(table.ConfigurationCondition) is { } condition
                ? new Dictionary<string, string>(StringComparer.Ordinal) { [ConditionProperty] = condition }
                : new Dictionary<string, string>(StringComparer.Ordinal),
        })];

    /// <summary>A table as its manifest describes it.</summary>
    public static SourceTable Of(ManifestTable table) =>
        new(table.Name, table.Columns, table.KeyColumns) { Condition = table.Properties.GetValueOrDefault(ConditionProperty), Properties = table.Properties };

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
