using SafeDb.Errors;

namespace SafeDb.Verification;

/// <summary>Errors of verifying backups.</summary>
public static class VerificationErrors
{
    /// <summary>The restored copy is not what the archive says.</summary>
    public static readonly ErrorDefinition Failed = new(
        "Verification.Failed", ErrorKind.Verification, "{0} did not pass its verification: {1}.",
        "Do not rely on this backup: take a new one, and keep this one with its evidence until the cause is known.");

    /// <summary>The copy of a drill could not be built.</summary>
    public static readonly ErrorDefinition CopyFailed = new(
        "Verification.CopyFailed", ErrorKind.Verification, "The scratch copy of {0} could not be built, so nothing was proved: {1}",
        "Correct what the message names on the scratch server and test again, or use another one with -Scratch. Nothing was changed, and the scratch copy is removed. When it fails there too, do not rely on this backup.");

    /// <summary>A drill that could not make everything, where a whole one is needed.</summary>
    public static readonly ErrorDefinition LeftOut = new(
        "Verification.LeftOut", ErrorKind.Verification, "The drill of {0} left something out, so it does not prove the whole archive: {1}.",
        "Test it without -NoOwner and -NoPrivileges, on a server that has the roles: create them there, or give another one with -Scratch.");

    /// <summary>The failure that a result stands for: what kept it from being compared, or a summary of what differs.</summary>
    public static SafeDbError FailureOf(BackupVerification result)
    {
        if (result.Error is { } error)
        {
            return error;
        }

        IEnumerable<string> differences = result.Tables.Where(table => !table.Equal)
            .Select(table => $"{table.Table} has {Counted.Of(table.RestoredRows, "row")} of {table.ExpectedRows}, or other values")
            .Concat(result.SchemaDifferences.Select(difference => $"{difference.Kind} {difference.Identity} is {difference.Change}"))
            .Concat(result.StateDifferences)
            .Concat(result.IntegrityProblems);
        return Failed.Error(result.Backup, string.Join("; ", differences.Take(5))) with { Target = result.Backup };
    }
}
