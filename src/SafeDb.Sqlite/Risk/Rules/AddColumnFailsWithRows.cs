using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Passes every test and fails in production.</summary>
internal sealed class AddColumnFailsWithRows : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("add-column-fails-with-rows", RiskLevel.Risky, "ADD COLUMN is accepted while the table is empty and fails as soon as it has rows.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Statement is not AddColumn { Column: { Generated: null } column } add || context.IsNew(add.Table.Key) || column is { PrimaryKey: true } or { Unique: true })
        {
            yield break;
        }

        string table = context.NameOf(add.Table.Key);
        bool isNull = column.Default is null || column.Default.Equals("null", StringComparison.OrdinalIgnoreCase);
        string? reason = column.NotNull && isNull ? "a NOT NULL column without a default cannot be added to a table that has rows"
            : IsComputed(column.Default) ? $"the default {column.Default} is not constant, which is refused when the table has rows"
            : column.References is not null && !isNull && !context.State.ForeignKeysOff ? "with foreign keys on, a column with REFERENCES must have NULL as its default when the table has rows"
            : null;
        if (reason is not null)
        {
            yield return new(new RiskFinding(Info.Id, Info.Level, $"On the empty table of a test this passes; {reason}.", Advice(column, isNull))
            {
                Relation = table,

                // A rebuild would give every row the reference of the default, whether its parent is there or not.
                SaferSql = isNull || column.References is not null ? null : RebuildScript.WithColumn(context, add.Table.Key, column, context.File.Texts[context.Index]),
                Probes = [SqliteRuleContext.Rows(table, RiskLevel.Safe)],
            });
        }
        else if (column.Checks.Count > 0 && context.Model.Table(add.Table.Key) is not null)
        {
            yield return new(new RiskFinding(Info.Id, RiskLevel.Safe, $"The CHECK of {column.Name} is tested against every row of {table}; the statement fails when one does not satisfy it.",
                "Count the rows first, and choose a default that satisfies the CHECK.")
            {
                Relation = table,
                Probes = [CheckProbe(table, column)],
            });
        }
    }

    private static RiskProbe CheckProbe(string table, ColumnDefinition column)
    {
        string condition = string.Join(" AND ", column.Checks.Select(check => $"({check})"));
        return new RiskProbe($"rows of {table} that violate the CHECK of {column.Name}",
            $"SELECT count(*) FROM (SELECT *, {column.Default ?? "NULL"} AS {TableEdit.Quote(column.Name)} FROM {TableEdit.Quote(table)}) WHERE NOT ({condition})") { LevelWhenAny = RiskLevel.Risky };
    }

    private static bool IsComputed(string? value) =>
        value is not null && ((value.StartsWith('(') && !IsConstant(value)) || value.StartsWith("current_", StringComparison.OrdinalIgnoreCase));

    // SQLite takes a literal in parentheses as constant, also with a sign; anything computed is not.
    private static bool IsConstant(string value)
    {
        string inner = value[1..^1].Trim();
        List<SqliteToken> tokens = [.. SqliteLexer.Tokens(inner).Where(token => !token.IsTrivia)];
        int first = tokens is [{ Kind: SqliteTokenKind.Symbol, Length: 1 } sign, ..] && inner[sign.Start] is '-' or '+' ? 1 : 0;
        return tokens.Count == first + 1 && (tokens[first].Kind is SqliteTokenKind.Number or SqliteTokenKind.Text or SqliteTokenKind.Blob
            || (tokens[first].Kind == SqliteTokenKind.Word && inner.ToLowerInvariant() is "null" or "true" or "false"));
    }

    private static string Advice(ColumnDefinition column, bool isNull) => isNull
        ? $"Give {column.Name} a constant default, or add it nullable, fill it in batches, and rebuild the table with NOT NULL later."
        : $"Add {column.Name} without the default, fill it in batches, and let the application (or a rebuild) set it from then on.";
}
