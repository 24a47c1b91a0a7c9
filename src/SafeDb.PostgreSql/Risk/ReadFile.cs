using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>A file as far as its text alone tells: cut into pieces, and each piece's statement.</summary>
/// <param name="Script">The pieces.</param>
/// <param name="Statements">For each piece its statement, or null where there is none.</param>
internal sealed record ReadFile(PgScript Script, IReadOnlyList<PgStatement?> Statements)
{
    /// <summary>Reads a file. Never throws for any input.</summary>
    public static ReadFile Of(RiskFile file)
    {
        string text = file.Source.Text;
        PgScript script = PgScript.Read(text);
        var statements = new PgStatement?[script.Pieces.Count];
        for (int i = 0; i < statements.Length; i++)
        {
            ScriptPiece piece = script.Pieces[i];
            statements[i] = piece.Kind switch
            {
                ScriptPieceKind.Trivia or ScriptPieceKind.CopyData => null,
                ScriptPieceKind.ClientCommand => ClientCommands.Read(text.AsSpan(piece.StatementStart, piece.StatementLength)),
                ScriptPieceKind.Broken => new UnknownStatement("a quote, comment, dollar quote or COPY is not closed"),
                _ => PgParser.Parse(text, script.Tokens, script.Ranges[i]),
            };
        }

        return new ReadFile(script, statements);
    }
}
