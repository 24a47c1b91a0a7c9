using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.PostgreSql.Sql;

/// <summary>A script cut into pieces, with the tokens of its statements (blanks and comments left out).</summary>
/// <param name="Pieces">The pieces; their texts joined give back the script.</param>
/// <param name="Tokens">Tokens of all pieces in order.</param>
/// <param name="Ranges">For each piece the range of its tokens.</param>
/// <param name="Comments">The comments in order.</param>
internal sealed record PgScript(IReadOnlyList<ScriptPiece> Pieces, PgToken[] Tokens, IReadOnlyList<Range> Ranges, IReadOnlyList<SqlComment> Comments)
{
    /// <summary>Reads a script. Never throws for any input.</summary>
    public static PgScript Read(string text) => new PgScriptReader(text).Read();
}
