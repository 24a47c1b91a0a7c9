using System.Globalization;

using SafeDb.Archive;
using SafeDb.PostgreSql.Schema;

namespace SafeDb.PostgreSql.Backup;

/// <summary>The tables of a schema as sources of rows.</summary>
internal static class SourceTables
{
    private const string ConditionProperty = "condition";

    /// <summary>Every table that has rows of its own or could have, with the reason where they are left out.</summary>
    public static List<SourceTable> From(PostgreSqlSchema schema, ScopeFilter filter, bool standby) =>
        [.. schema.Tables.Select(table => new SourceTable(table.Identity, table.DataColumns, table.KeyColumns)
        {
            RowsOmitted = table.RowsOmitted ?? filter.ReasonToOmit(table.Schema, table.Name),
            MainBytes = table.MainBytes,
            TotalBytes = table.TotalBytes,
            IsHeap = table.AccessMethod == "heap",
            Condition = table.ConfigCondition,
        })];

    /// <summary>A table as its manifest describes it.</summary>
    public static SourceTable Of(ManifestTable table) =>
        new(table.Name, table.Columns, table.KeyColumns) { Condition = table.Properties.GetValueOrDefault(ConditionProperty), Properties = table.Properties };
}
