using Microsoft.SqlServer.TransactSql.ScriptDom;

using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.SqlServer.Risk;

/// <summary>What a rule may look at: the statement, and what came before it in the file and folder.</summary>
/// <param name="Statement">The statement.</param>
/// <param name="State">What earlier statements did.</param>
/// <param name="Options">What the analysis may assume.</param>
/// <param name="Sql">The statement's text.</param>
internal sealed record TSqlContext(TSqlStatement Statement, TSqlState State, RiskOptions Options, string Sql)
{
    /// <summary>Whether the edition does online and metadata-only operations: Enterprise, Developer, Evaluation, Azure SQL. Unknown counts as no.</summary>
    public bool EnterpriseFeatures => Options.Edition is { } edition
        && (edition.Contains("Enterprise", StringComparison.OrdinalIgnoreCase) || edition.Contains("Developer", StringComparison.OrdinalIgnoreCase)
            || edition.Contains("Evaluation", StringComparison.OrdinalIgnoreCase) || edition.Contains("Azure", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the edition is known to lack them.</summary>
    public bool KnownStandard => Options.Edition is not null && !EnterpriseFeatures;

    /// <summary>Major version of the server: 13 (2016) to 17 (2025), the newest when none was told. Written as 150000, as 15, or as the year 2019.</summary>
    public int Major => Options.ServerVersion switch
    {
        null => 17,
        >= 10_000 and var comparable => comparable / 10_000,
        2016 => 13,
        2017 => 14,
        2019 => 15,
        2022 => 16,
        2025 => 17,
        var major => major.Value,
    };

    /// <summary>What a major version is sold as.</summary>
    public static string ProductName(int major) => major switch { 13 => "SQL Server 2016", 14 => "SQL Server 2017", 15 => "SQL Server 2019", 16 => "SQL Server 2022", 17 => "SQL Server 2025", _ => $"SQL Server {major}" };

    /// <summary>Whether a table was created earlier in the same pending files: empty, and nobody else uses it.</summary>
    public bool IsNew(SchemaObjectName name) => State.NewTables.Contains(TSqlNames.Of(name));
}

/// <summary>What earlier statements of the pending files did.</summary>
internal sealed class TSqlState
{
    public HashSet<string> NewTables { get; } = new(StringComparer.OrdinalIgnoreCase);


    public bool InTransaction { get; set; }

    public bool XactAbort { get; set; }
}

/// <summary>Names as findings show them: schema and name, <c>dbo</c> when the script names none.</summary>
internal static class TSqlNames
{
    public static string Of(SchemaObjectName name) => $"{name.SchemaIdentifier?.Value ?? "dbo"}.{name.BaseIdentifier.Value}";
}

/// <summary>One danger of T-SQL. One rule, one file, one page in <c>docs/rules</c>.</summary>
internal interface ITSqlRule
{
    /// <summary>What documentation and completion see.</summary>
    RiskRuleInfo Info { get; }

    /// <summary>The findings about one statement; none when it is not this rule's business.</summary>
    IEnumerable<RiskFinding> Check(TSqlContext context);
}
