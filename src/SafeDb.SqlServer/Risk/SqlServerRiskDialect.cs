using SafeDb.Addresses;
using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.SqlServer.Sql;

namespace SafeDb.SqlServer.Risk;

/// <summary>What SafeDb knows of T-SQL. Facts are from the vendor's documentation; nothing was measured on a server.</summary>
public sealed class SqlServerRiskDialect : IRiskDialect
{
    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.SqlServer;

    /// <inheritdoc/>
    public IReadOnlyList<RiskRuleInfo> Rules { get; } = [.. TSqlRules.All.Select(rule => rule.Info).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public IReadOnlyList<ScriptPiece> Split(SourceText source) => TSqlBatchSplitter.Split(source.Text);

    /// <inheritdoc/>
    public IReadOnlyList<SqlComment> Comments(SourceText source) => TSqlTrivia.Comments(source.Text);

    /// <inheritdoc/>
    public IRiskSession Begin(RiskOptions options) => new TSqlRiskSession(options);
}
