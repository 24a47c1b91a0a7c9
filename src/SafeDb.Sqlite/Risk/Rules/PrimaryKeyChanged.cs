using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>Everything that refers to rows by their key is affected.</summary>
internal sealed class PrimaryKeyChanged : ISqliteRule
{
    public RiskRuleInfo Info { get; } = new("primary-key-changed", RiskLevel.Dangerous, "A rebuild gives the table another primary key.");

    public IEnumerable<SqliteHit> Check(SqliteRuleContext context)
    {
        if (context.Rebuild is { } rebuild && rebuild.Drop == context.Index
            && context.Model.Table(((DropObject)context.Statement).Name.Key) is { ColumnsKnown: true, IsNew: false } old
            && context.File.Statements[rebuild.Create] is CreateTable created && created.Columns.Count > 0)
        {
            IReadOnlyList<string> key = new SqliteTable(created.Name.Name, created, null, true).PrimaryKey;
            if (!key.SequenceEqual(old.PrimaryKey, StringComparer.Ordinal))
            {
                yield return new(new RiskFinding(Info.Id, Info.Level,
                    $"The primary key of {old.Name} changes from ({string.Join(", ", old.PrimaryKey)}) to ({string.Join(", ", key)}): foreign keys, code and copies elsewhere that name rows by it break.",
                    "Add the new key beside the old one as a UNIQUE column, move everything that refers to the old key, and change the primary key last.") { Relation = old.Name });
            }
        }
    }
}
