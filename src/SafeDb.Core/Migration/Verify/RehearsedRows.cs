using SafeDb.Migration.Script;
using SafeDb.Sql;

namespace SafeDb.Migration.Verify;

/// <summary>Compares the rows that statements changed with those that they changed in the rehearsal. Others may have written between the backup and the run, so that a difference is told and is no failure.</summary>
internal static class RehearsedRows
{
    // Of other statements drivers say what they like: SQLite counts what changes in its own catalogue.
    private static readonly HashSet<string> Writing = new(StringComparer.Ordinal) { "INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "WITH", "COPY" };

    /// <summary>Statements that changed another number of rows, in words.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<MigrationStep> rehearsed, IReadOnlyList<MigrationStep> applied)
    {
        var expected = rehearsed.SelectMany(step => step.Statements, (step, statement) => (step.Id, Statement: statement)).ToDictionary(item => (item.Id, item.Statement.Index), item => item.Statement.RowsAffected);
        return
        [
            .. applied.SelectMany(step => step.Statements, (step, statement) => (step.Id, Statement: statement))
                .Where(item => SqlWords.First(item.Statement.Preview, 1) is [var word] && Writing.Contains(word) && expected.TryGetValue((item.Id, item.Statement.Index), out long rows) && rows != item.Statement.RowsAffected)
                .Select(item => $"{item.Id}, line {item.Statement.Line} ({SqlPreview.Of(item.Statement.Preview, 60)}): {Counted.Of(Math.Max(0, item.Statement.RowsAffected), "row")}, "
                    + $"{Math.Max(0, expected[(item.Id, item.Statement.Index)])} in the rehearsal"),
        ];
    }
}
