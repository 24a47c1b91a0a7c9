using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Integrity;
using SafeDb.Providers;
using SafeDb.Sqlite.Content;
using SafeDb.Sqlite.Native;

using SQLitePCL;

namespace SafeDb.Sqlite.Integrity;

/// <summary>The library's own two checks: of the file with its indexes and row rules, and of foreign keys, which it enforces only in sessions that ask for it.</summary>
public sealed class SqliteIntegrityCheck : IIntegrityCheck
{
    private const string Structure = "structure";
    private const string ForeignKey = "foreign-key";

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public IReadOnlyList<string> Checks { get; } = [Structure, ForeignKey];

    /// <inheritdoc/>
    public Task<IReadOnlyList<IntegrityFinding>> RunAsync(IDatabaseSession session, Action<string> begins, CancellationToken cancellationToken)
    {
        var connection = (SqliteConnection)session.Connection;
        return SqliteFailure.TranslateAsync(connection.DataSource, cancellationToken, () => Task.Run(() => Run(connection, begins, cancellationToken), cancellationToken));
    }

    private static IReadOnlyList<IntegrityFinding> Run(SqliteConnection connection, Action<string> begins, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration interrupt = connection.InterruptOn(cancellationToken);
        begins(Structure);
        List<IntegrityFinding> findings = [.. Damage(connection)];
        begins(ForeignKey);
        findings.AddRange(Orphans(connection));
        return findings;
    }

    private static IEnumerable<IntegrityFinding> Damage(SqliteConnection connection)
    {
        IReadOnlyList<string> messages;
        try
        {
            messages = ContentState.CheckMessages(connection, full: true);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            // So damaged that the check itself cannot go on.
            messages = [e.Message];
        }

        return messages.Select(message => ContentState.IsViolation(message)
            ? new IntegrityFinding(IntegritySeverity.Violation, Structure, string.Empty, message, "Find the rows that break the rule and correct them; they came in before the rule, or while checks were off.")
            : new IntegrityFinding(
                IntegritySeverity.Damage, Structure, string.Empty, message,
                message.Contains("index", StringComparison.OrdinalIgnoreCase) ? "Run REINDEX, then check again; the table's rows are not touched by it." : "Restore the newest backup that passed its drill (Restore-SafeDb -Overwrite); the damaged file is kept."));
    }

    private static IEnumerable<IntegrityFinding> Orphans(SqliteConnection connection)
    {
        try
        {
            return [.. connection.Query("PRAGMA foreign_key_check", row => (Table: row.GetString(0), Parent: row.GetString(2)))
                .GroupBy(row => row)
                .Select(group => new IntegrityFinding(
                    IntegritySeverity.Violation, ForeignKey, group.Key.Table,
                    $"{Counted.Of(group.Count(), "row refers", "rows refer")} to rows of {group.Key.Parent} that do not exist.",
                    $"See them with: PRAGMA foreign_key_check({Schema.SqliteNames.Identity(group.Key.Table)}); then delete them or restore their parents.") { Rows = group.Count() })];
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
        {
            return [new IntegrityFinding(IntegritySeverity.NotChecked, ForeignKey, string.Empty, "The file is too damaged to follow foreign keys.", "Mend the damage first.")];
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_ERROR)
        {
            // A foreign key whose parent columns are no key cannot be checked, nor enforced.
            return [new IntegrityFinding(IntegritySeverity.NotChecked, ForeignKey, string.Empty, e.Message, "Give the parent columns a unique index, or drop the foreign key.")];
        }
    }
}
