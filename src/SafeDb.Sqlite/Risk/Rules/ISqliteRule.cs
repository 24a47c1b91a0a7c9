using SafeDb.Risk;
using SafeDb.Sqlite.Risk.State;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk.Rules;

/// <summary>One hazard of SQLite. One rule is one file with its test and its page <c>docs/rules/{id}.md</c>.</summary>
internal interface ISqliteRule
{
    /// <summary>The rule's id, usual level and summary.</summary>
    RiskRuleInfo Info { get; }

    /// <summary>What it finds in the statement at hand.</summary>
    IEnumerable<SqliteHit> Check(SqliteRuleContext context);
}

/// <summary>A finding and what it means for rows that exist.</summary>
internal sealed record SqliteHit(RiskFinding Finding, DataLoss Loss = DataLoss.None);

/// <summary>What a rule sees: the statement, what came before it, and the rest of the file.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="Index">Its position among the file's statements.</param>
/// <param name="File">The file's statements, rebuilds and texts.</param>
/// <param name="Model">The schema before the statement.</param>
/// <param name="State">The connection before the statement.</param>
/// <param name="Version">SQLite's version as 3040001, or null for the newest.</param>
internal sealed record SqliteRuleContext(SqliteStatement Statement, int Index, SqliteFile File, SqliteModel Model, ConnectionState State, int? Version)
{
    /// <summary>The rebuild that the statement is a step of, or null.</summary>
    public TableRebuild? Rebuild => File.Rebuilds.FirstOrDefault(rebuild => rebuild.Has(Index));

    /// <summary>Whether this run created the table, so that it is empty.</summary>
    public bool IsNew(string key) => Model.Table(key)?.IsNew == true || key.StartsWith("temp.", StringComparison.Ordinal);

    /// <summary>The name of a table as it was written where it was created, else the key.</summary>
    public string NameOf(string key) => Model.Table(key)?.Name ?? key;

    /// <summary>Whether an object of that name is created after this statement in the file.</summary>
    public bool IsMadeLater(string key) => File.Statements.Skip(Index + 1).Any(statement => statement switch
    {
        CreateTable made => made.Name.Key == key,
        CreateIndex made => made.Name.Key == key,
        CreateView made => made.Name.Key == key,
        CreateTrigger made => made.Name.Key == key,
        _ => false,
    });

    /// <summary>A count of a table's rows.</summary>
    public static RiskProbe Rows(string table, RiskLevel? whenZero = null) =>
        new($"rows of {table}", $"SELECT count(*) FROM {TableEdit.Quote(table)}") { LevelWhenZero = whenZero };
}

/// <summary>A file's statements with what belongs together.</summary>
/// <param name="Statements">Its statements in order.</param>
/// <param name="Texts">Their texts.</param>
/// <param name="Rebuilds">The rebuilds among them.</param>
internal sealed record SqliteFile(IReadOnlyList<SqliteStatement> Statements, IReadOnlyList<string> Texts, IReadOnlyList<TableRebuild> Rebuilds)
{
    /// <summary>The schema before the file's first statement, for proposals; null while a proposal itself is analysed.</summary>
    public SqliteModel? Before { get; init; }

    /// <summary>Keys of the indexes that dropped tables of rebuilds took with them so far.</summary>
    public HashSet<string> Lost { get; } = new(StringComparer.Ordinal);
}
