using SafeDb.Addresses;
using SafeDb.Migration.Script;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.Providers.Tests.Migration;

/// <summary>Splits at semicolons and finds nothing: the scripts of these tests need no more.</summary>
internal sealed class SemicolonDialect(DatabaseEngine engine) : IRiskDialect, IRiskSession
{
    public DatabaseEngine Engine => engine;

    public IReadOnlyList<RiskRuleInfo> Rules => [];

    public IReadOnlyList<ScriptPiece> Split(SourceText source)
    {
        var pieces = new List<ScriptPiece>();
        int start = 0;
        while (start < source.Text.Length)
        {
            int end = source.Text.IndexOf(';', start);
            end = end < 0 ? source.Text.Length : end + 1;
            int first = start;
            while (first < end && (char.IsWhiteSpace(source.Text[first]) || source.Text.AsSpan(first).StartsWith("--")))
            {
                int line = source.Text.IndexOf('\n', first);
                first = source.Text[first] == '-' ? (line < 0 ? end : line + 1) : first + 1;
            }

            bool empty = first >= end || source.Text[first] == ';';
            int length = Math.Max(0, end - first - (end > 0 && source.Text[end - 1] == ';' ? 1 : 0));
            pieces.Add(new ScriptPiece(start, end - start, empty ? end : first, empty ? 0 : length, empty ? ScriptPieceKind.Trivia : ScriptPieceKind.Statement));
            start = end;
        }

        return pieces;
    }

    public IReadOnlyList<SqlComment> Comments(SourceText source) => [];

    public IRiskSession Begin(RiskOptions options) => this;

    public FileRisk Analyse(RiskFile file) => new(file.Source.Path ?? "", [], []);
}
