using SafeDb.Addresses;
using SafeDb.Risk;
using SafeDb.Sql;
using SafeDb.Sqlite.Risk.Rules;
using SafeDb.Sqlite.Sql;

namespace SafeDb.Sqlite.Risk;

/// <summary>What SafeDb knows of SQLite's SQL.</summary>
public sealed class SqliteRiskDialect : IRiskDialect
{
    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public IReadOnlyList<RiskRuleInfo> Rules { get; } = [.. SqliteRules.All.Select(rule => rule.Info)];

    /// <inheritdoc/>
    public IReadOnlyList<ScriptPiece> Split(SourceText source) => SqliteSplitter.Split(source.Text);

    /// <inheritdoc/>
    public IReadOnlyList<SqlComment> Comments(SourceText source) => [.. SqliteLexer.Tokens(source.Text)
        .Where(token => token.Kind == SqliteTokenKind.Comment)
        .Select(token => ToComment(source.Text, token))];

    /// <inheritdoc/>
    public IRiskSession Begin(RiskOptions options) => new SqliteRiskSession(options);

    private static SqlComment ToComment(string text, SqliteToken token)
    {
        bool block = text[token.Start] == '/';
        bool closed = block && token.Length >= 4 && text.AsSpan(token.Start, token.Length).EndsWith("*/", StringComparison.Ordinal);
        return new SqlComment(token.Start, token.Length, token.Start + 2, token.Length - (closed ? 4 : 2));
    }
}
