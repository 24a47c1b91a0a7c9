using SafeDb.Errors;

namespace SafeDb.Migration.Run;

/// <summary>Says of a run that did not succeed what its caller must be told: an error whose kind tells whether anything is left to do.</summary>
public static class RunFailure
{
    /// <summary>The failure of a run, or null when it succeeded.</summary>
    public static SafeDbError? Of(MigrationRun run)
    {
        if (run.Succeeded)
        {
            return null;
        }

        SafeDbError error = run.Error ?? GeneralErrors.Bug.Error($"the run ended as {run.Outcome} without an error");
        return run.Outcome switch
        {
            MigrationOutcome.NeedsPerson => error with { Kind = ErrorKind.NeedsPerson },
            MigrationOutcome.RolledBack when error.Kind != ErrorKind.Cancelled => error with { Kind = ErrorKind.RolledBack },
            _ => error,
        };
    }
}
