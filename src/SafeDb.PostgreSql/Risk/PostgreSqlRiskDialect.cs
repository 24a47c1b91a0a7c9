using SafeDb.Addresses;
using SafeDb.PostgreSql.Risk.Rules;
using SafeDb.PostgreSql.Sql;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.PostgreSql.Risk;

/// <summary>What SafeDb knows of PostgreSQL's SQL: versions 12 to 18, measured on 15.</summary>
public sealed class PostgreSqlRiskDialect : IRiskDialect
{
    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.PostgreSql;

    /// <inheritdoc/>
    public IReadOnlyList<RiskRuleInfo> Rules => PgRules.Infos;

    /// <inheritdoc/>
    public IReadOnlyList<ScriptPiece> Split(SourceText source) => PgScript.Read(source.Text).Pieces;

    /// <inheritdoc/>
    public IReadOnlyList<SqlComment> Comments(SourceText source) => PgScript.Read(source.Text).Comments;

    /// <inheritdoc/>
    public IRiskSession Begin(RiskOptions options) => new PgRiskSession(options);
}
