using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Risk.Model;
using SafeDb.PostgreSql.Risk.Safer;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk.Rules;

/// <summary>What a rule sees: one statement, what it does, and the state before it.</summary>
internal sealed class RuleContext(PgStatement statement, string sql, StatementImpact impact, AnalysisState state)
{
    private PgTable? _table;

    /// <summary>The statement.</summary>
    public PgStatement Statement => statement;

    /// <summary>Its text.</summary>
    public string Sql => sql;

    /// <summary>What it does.</summary>
    public StatementImpact Impact => impact;

    /// <summary>Where it stands.</summary>
    public AnalysisState State => state;

    /// <summary>The schema as known before it.</summary>
    public PgModel Model => state.Model;

    /// <summary>What was found so far.</summary>
    public List<RiskFinding> Findings { get; } = [];

    /// <summary>The table of an ALTER TABLE.</summary>
    public PgTable Table => _table ??= Model.Get(((AlterTable)statement).Name);

    /// <summary>ALTER TABLE and the table's name as SQL.</summary>
    public string AlterSql => $"ALTER TABLE {Table.Key}";

    /// <summary>Columns that the statement brings in: of a new table or added.</summary>
    public IEnumerable<ColumnDefinition> NewColumns => statement switch
    {
        CreateTable create => create.Columns,
        AlterTable alter => alter.Actions.OfType<AddColumn>().Select(add => add.Column),
        _ => [],
    };

    /// <summary>Whether the statement uses a string as a value.</summary>
    public bool Uses(string value) => statement switch
    {
        QueryStatement query => query.Strings.Contains(value, StringComparer.Ordinal),
        CreateTable or AlterTable or CreateIndex => sql.Contains($"'{value.Replace("'", "''", StringComparison.Ordinal)}'", StringComparison.Ordinal),
        _ => false,
    };

    /// <summary>Reports a finding.</summary>
    public void Report(PgRule rule, string message, string advice, Report? more = null)
    {
        more ??= new Report();
        Findings.Add(new RiskFinding(rule.Info.Id, more.Level ?? rule.Info.Level, message, advice)
        {
            SaferSql = more.SaferSql is { } safer && statement is AlterTable { Actions.Count: > 1 } ? "-- Takes the place of this action only; keep the statement's others.\n" + safer : more.SaferSql, Relation = more.Relation ?? (statement is AlterTable ? Table.Key : null), Probes = more.Probes,
        });
    }

    /// <summary>The level of something whose harm grows with the table: none to speak of when the catalogue says that it is tiny, worse when it is huge.</summary>
    public static RiskLevel Sized(PgTable table, RiskLevel level) => table.Bytes switch
    {
        >= 0 and < WorkEstimate.TinyBytes when level == RiskLevel.Risky => RiskLevel.Safe,
        >= WorkEstimate.HugeBytes when level == RiskLevel.Risky => RiskLevel.Dangerous,
        _ => level,
    };

    /// <summary>Names of the tables that are locked besides this one, as a clause, or nothing.</summary>
    public static string Partners(ActionImpact impact) =>
        impact.Partners.Where(partner => !partner.Table.IsNew).Select(partner => $"{partner.Table.Key} ({partner.Mode})").Distinct(StringComparer.Ordinal).ToArray() is { Length: > 0 } names ? $" It also locks {string.Join(", ", names)}." : "";
}

/// <summary>What a finding may have besides its text.</summary>
internal sealed record Report
{
    /// <summary>Another level than the rule's usual one.</summary>
    public RiskLevel? Level { get; init; }

    /// <summary>The safer way.</summary>
    public string? SaferSql { get; init; }

    /// <summary>Relation the finding is about.</summary>
    public string? Relation { get; init; }

    /// <summary>Questions for a live database.</summary>
    public IReadOnlyList<RiskProbe> Probes { get; init; } = [];
}
