using SafeDb.Addresses;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.Core.Tests.Risk;

/// <summary>One statement for each line; the line's words say what it does: <c>drop orders</c>, <c>update orders</c>, <c>unknown</c>.</summary>
internal sealed class FakeDialect(DatabaseEngine engine = DatabaseEngine.PostgreSql) : IRiskDialect, IRiskSession
{
    public DatabaseEngine Engine => engine;

    public IReadOnlyList<RiskRuleInfo> Rules { get; } = [new("drop-table-loses-data", RiskLevel.Dangerous, "A table goes."), new("note", RiskLevel.Safe, "A note.")];

    public IReadOnlyList<ScriptPiece> Split(SourceText source) => [];

    public IReadOnlyList<SqlComment> Comments(SourceText source)
    {
        var comments = new List<SqlComment>();
        for (int at = source.Text.IndexOf("--", StringComparison.Ordinal); at >= 0; at = source.Text.IndexOf("--", at + 2, StringComparison.Ordinal))
        {
            int end = source.Text.IndexOf('\n', at) is var line && line < 0 ? source.Text.Length : line;
            comments.Add(new SqlComment(at, end - at, at + 2, end - at - 2));
            at = end - 2;
        }

        return comments;
    }

    public IRiskSession Begin(RiskOptions options) => this;

    public FileRisk Analyse(RiskFile file)
    {
        var statements = new List<StatementRisk>();
        int offset = 0;
        foreach (string line in file.Source.Text.Split('\n'))
        {
            string sql = line.Split("--")[0].TrimEnd();
            if (sql.Trim().Length > 0)
            {
                statements.Add(Statement(statements.Count + 1, sql.Trim(), file.Source.Locate(offset + (sql.Length - sql.TrimStart().Length), sql.Trim().Length)));
            }

            offset += line.Length + 1;
        }

        return new FileRisk(file.Source.Path ?? "", statements, []);
    }

    private static StatementRisk Statement(int index, string sql, SqlLocation place)
    {
        string[] words = sql.TrimEnd(';').Split(' ');
        string table = words.ElementAtOrDefault(1) ?? "";
        var plain = new StatementRisk { Index = index, Location = place, Sql = sql, Kind = words[0] };
        StatementRisk Schema(EffectKind kind) => plain with { ChangesSchema = true, Effects = [new(kind, table) { Member = words.ElementAtOrDefault(2), NewName = words.ElementAtOrDefault(2), OnNewRelation = words.Contains("new") }], Locks = [new(table, "AccessExclusive")] };
        StatementRisk Data(EffectKind kind) => plain with { ChangesData = true, Effects = [new(kind, table) { Bounded = words.Contains("where"), OnNewRelation = words.Contains("new") }] };
        return words[0] switch
        {
            "drop" => Schema(EffectKind.DropTable) with { DataLoss = DataLoss.Certain, Findings = [new("drop-table-loses-data", RiskLevel.Dangerous, $"{table} goes.", "Do not.") { Relation = table }] },
            "dropcolumn" => Schema(EffectKind.DropColumn) with { DataLoss = DataLoss.Certain },
            "dropdatabase" => Schema(EffectKind.DropDatabase),
            "rename" => Schema(EffectKind.RenameRelation),
            "create" => Schema(EffectKind.CreateRelation),
            "add" => Schema(EffectKind.AddColumn),
            "update" => Data(EffectKind.Update),
            "delete" => Data(EffectKind.Delete),
            "timeout" when words.Contains("off") => plain with { Effects = [new(EffectKind.SetLockTimeout, "")] },
            "timeout" when words.Contains("long") => plain with { Effects = [new(EffectKind.SetLockTimeout, "") { Member = "1h", Limit = TimeSpan.FromHours(1) }] },
            "timeout" => plain with { Effects = [new(EffectKind.SetLockTimeout, "") { Member = "5s" }] },
            "unknown" => plain with { Kind = "Unknown", Analysed = false, NotAnalysedBecause = "it is dynamic" },
            _ => plain,
        };
    }
}
