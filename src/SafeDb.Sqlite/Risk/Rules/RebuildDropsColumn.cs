using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Values that are not copied are gone.</summary>
internal sealed class RebuildDropsColumn : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("rebuild-drops-column", RiskLevel.Risky, "A rebuild leaves the values of a column behind.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is not { Copies.Count: > 0 } rebuild || rebuild.Drop != context.Index
            || context.Model.Table(((DropObject)context.Statement).Name.Key) is not { ColumnsKnown: true, IsNew: false } old
            || context.File.Statements[rebuild.Create] is not CreateTable created)
        {
            yield break;
        }

        List<Insert> copies = [.. rebuild.Copies.Select(copy => (Insert)context.File.Statements[copy])];
        if (copies.Exists(copy => copy.SelectsStar))
        {
            yield break;
        }

        string read = string.Join(' ', rebuild.Copies.Select(copy => context.File.Texts[copy]));
        HashSet<string> words = Words(read);
        foreach (ColumnDefinition column in old.StoredColumns.Where(column => !words.Contains(column.Name)))
        {
            bool stays = created.Columns.Any(other => other.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase));
            yield return new(new RiskFinding(Info.Id, stays ? RiskLevel.Dangerous : Info.Level,
                stays ? $"The copy leaves {column.Name} of {old.Name} out although the new table has it: its values become NULL or the default." : $"{column.Name} of {old.Name} is not copied: its values go.",
                stays ? "Add the column to both lists of the copy." : "Release code that does not use the column first, keep a verified backup, and drop it one release later.")
            {
                Relation = old.Name,
                Probes = [new RiskProbe($"values of {old.Name}.{column.Name}", $"SELECT count({TableEdit.Quote(column.Name)}) FROM {TableEdit.Quote(old.Name)}") { LevelWhenZero = RiskLevel.Safe }],
            }, DataLoss.Certain);
        }
    }

    private static HashSet<string> Words(string text) => new(SqliteLexer.Tokens(text)
        .Where(token => token.Kind is SqliteTokenKind.Word or SqliteTokenKind.QuotedName)
        .Select(token => text.Substring(token.Start, token.Length).Trim('"', '`', '[', ']').ToLowerInvariant()), StringComparer.OrdinalIgnoreCase);
}
