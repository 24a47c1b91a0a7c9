using SafeDb.Migration.History;
using SafeDb.Risk;
using SafeDb.Sql;

namespace SafeDb.Migration.Script;

/// <summary>Cuts a script into statements and the statements into segments that take effect together.</summary>
/// <param name="dialect">Splits the text.</param>
/// <param name="execution">Knows what may run in a transaction.</param>
public sealed class ScriptReader(IRiskDialect dialect, IScriptExecution execution)
{
    /// <summary>Reads a migration's up script.</summary>
    public ExecutableScript ReadUp(MigrationScript script) => Read(script.UpSql, script.Path, script.UpLine, script.NoTransaction);

    /// <summary>Reads a migration's down script; null when it has none.</summary>
    public ExecutableScript? ReadDown(MigrationScript script) =>
        script.DownSql is null ? null : Read(script.DownSql, script.DownPath ?? script.Path, script.DownLine, noTransaction: false);

    /// <summary>Reads any script.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <param name="firstLine">Line of the file on which the text begins.</param>
    /// <param name="noTransaction">Whether each statement is to run by itself.</param>
    public ExecutableScript Read(string sql, string file, int firstLine, bool noTransaction)
    {
        List<ScriptStatement> statements = Statements(sql, file, firstLine);
        bool foreignKeysOff = statements.Any(statement => statement.Role == StatementRole.ForeignKeySwitch && execution.SwitchesForeignKeysOff(statement.Sql));
        statements.RemoveAll(statement => statement.Role == StatementRole.ForeignKeySwitch);
        StripOuterTransaction(statements);
        if (statements.Find(statement => statement.Role == StatementRole.TransactionControl) is { } control)
        {
            throw ScriptErrors.TransactionControl.Exception(file, control.Line);
        }

        return new ExecutableScript(Segments(statements, noTransaction), foreignKeysOff);
    }

    private List<ScriptStatement> Statements(string sql, string file, int firstLine)
    {
        var source = new SourceText(sql, file);
        var statements = new List<ScriptStatement>();
        string before = "";
        foreach (ScriptPiece piece in dialect.Split(source))
        {
            int line = source.LineOf(piece.StatementStart) + firstLine - 1;
            switch (piece.Kind)
            {
                case ScriptPieceKind.Statement:
                    string text = sql.Substring(piece.StatementStart, piece.StatementLength);
                    before += sql[piece.Start..piece.StatementStart];
                    statements.Add(new ScriptStatement(statements.Count + 1, text, line, execution.Classify(text)) { Batch = BatchDirective.Read(before, text, file, line) });
                    before = "";
                    break;
                case ScriptPieceKind.Trivia:
                    before += sql.Substring(piece.Start, piece.Length);
                    break;
                case ScriptPieceKind.Broken:
                    throw ScriptErrors.Broken.Exception(file, line);
                default:
                    throw ScriptErrors.ClientCommand.Exception(file, line, SqlPreview.Of(sql.Substring(piece.Start, piece.Length), 40));
            }
        }

        return statements;
    }

    /// <summary>One BEGIN and one COMMIT around everything say what SafeDb does anyway.</summary>
    private static void StripOuterTransaction(List<ScriptStatement> statements)
    {
        if (statements.Count < 2 || statements.Count(statement => statement.Role == StatementRole.TransactionControl) != 2)
        {
            return;
        }

        bool begins = SqlWords.First(statements[0].Sql, 1) is ["BEGIN" or "START"];
        bool commits = SqlWords.First(statements[^1].Sql, 1) is ["COMMIT" or "END"];
        if (begins && commits)
        {
            statements.RemoveAt(statements.Count - 1);
            statements.RemoveAt(0);
        }
    }

    private static List<ScriptSegment> Segments(List<ScriptStatement> statements, bool noTransaction)
    {
        var segments = new List<ScriptSegment>();
        var together = new List<ScriptStatement>();
        void Close()
        {
            if (together.Count > 0)
            {
                segments.Add(new ScriptSegment(segments.Count + 1, SegmentKind.Transaction, [.. together]));
                together.Clear();
            }
        }

        foreach (ScriptStatement statement in statements)
        {
            SegmentKind kind = statement.Batch is not null ? SegmentKind.Batches
                : noTransaction || statement.Role == StatementRole.Alone ? SegmentKind.Alone
                : SegmentKind.Transaction;
            if (kind == SegmentKind.Transaction)
            {
                together.Add(statement);
                continue;
            }

            Close();
            segments.Add(new ScriptSegment(segments.Count + 1, kind, [statement]));
        }

        Close();
        return segments;
    }
}
