using SafeDb.PostgreSql.Risk.Impact;
using SafeDb.PostgreSql.Sql;
using SafeDb.PostgreSql.Sql.Statements;
using SafeDb.Risk;

namespace SafeDb.PostgreSql.Risk;

/// <summary>What was read of the code that a statement executes: a DO block, a prepared statement, a function or procedure made in view.</summary>
/// <param name="Statements">Its plain statements, in order.</param>
/// <param name="Effects">Their effects.</param>
/// <param name="Reason">Why part of it could not be read, or null.</param>
internal sealed record BodyReading(IReadOnlyList<PgStatement> Statements, IReadOnlyList<StatementEffect> Effects, string? Reason)
{
    /// <summary>Whether a statement changes rows.</summary>
    public bool ChangesData => Statements.Any(StatementEffects.ChangesData);

    /// <summary>Whether a statement changes the schema.</summary>
    public bool ChangesSchema => Statements.Any(StatementEffects.ChangesSchema);
}

/// <summary>Finds what a statement executes besides itself. A function that is only created executes nothing; one that is called does.</summary>
internal static class CodeBody
{
    /// <summary>Reads the code; its locks, findings and effects are added to those of the statement. Null when the statement executes nothing.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="state">What came before.</param>
    /// <param name="impact">The statement's own locks.</param>
    /// <param name="findings">The statement's findings.</param>
    /// <param name="lineOf">The line of an offset in the script.</param>
    /// <param name="applied">Whether the statement ran already.</param>
    public static BodyReading? Read(PgStatement statement, AnalysisState state, StatementImpact impact, List<RiskFinding> findings, Func<int, int> lineOf, bool applied)
    {
        var reader = new ExecutedCode(state, impact, findings, applied);
        switch (statement)
        {
            case CodeStatement { Kind: "Do", Body: { } body } block:
                reader.Body(body, block.Language, block.BodyStart < 0 ? null : offset => lineOf(block.BodyStart + offset));
                return reader.Reading;
            case CodeStatement { Kind: "Execute" } execute:
                reader.Prepared(execute.Called?.Name ?? "");
                return reader.Reading;
            case CodeStatement code:
                reader.Call(code.Called, "the body of a procedure is not part of the script");
                return reader.Reading;
            case CreateTable { Query.Prepared: { } name }:
                reader.Prepared(name);
                return reader.Reading;
            case QueryStatement query:
                reader.Calls(query);
                return reader.HasRead ? reader.Reading : null;
            default:
                return null;
        }
    }
}
