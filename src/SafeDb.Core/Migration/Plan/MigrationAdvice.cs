using SafeDb.Errors;
using SafeDb.Migration.Status;

namespace SafeDb.Migration.Plan;

/// <summary>What to do about a run that did not come to its end, with the commands that do it.</summary>
internal static class MigrationAdvice
{
    /// <summary>The error of an interrupted run.</summary>
    public static SafeDbError Interrupted(InterruptedRun run, MigrationCommand command)
    {
        string resume = Command("Invoke-SafeMigration", command, "-Resume") + (run.Run.Runner ? " and the runner with which it began" : "");
        string undo = Command("Undo-SafeMigration", command);
        return MigrationErrors.Interrupted.Error(run.RunId, run.StartedAt.UtcDateTime, PlanGates.Describe(run)) with
        {
            RecommendedAction = run.CanResume ? $"Finish it with {resume}, or take it back with {undo}." : $"{(run.Run.Undo ? "Finish" : "Take")} it {(run.Run.Undo ? "" : "back ")}with {undo}.",
        };
    }

    /// <summary>The error of a run that could not be taken back.</summary>
    public static SafeDbError NeedsPerson(string what, string? problem, MigrationCommand command) => MigrationErrors.NeedsPerson.Error(what, problem) with
    {
        RecommendedAction = $"{Command("Get-SafeMigration", command)} says what is applied. Correct the cause and finish with {Command("Invoke-SafeMigration", command, "-Resume")}, or restore the backup named in the result.",
    };

    // A configured database knows its folder.
    private static string Command(string cmdlet, MigrationCommand command, params string[] arguments) => AdvisedCommand.On(
        cmdlet, command.Database, [.. command.Folder.Length == 0 || command.Settings?.Migrations is not null ? Array.Empty<string>() : ["-Path", AdvisedCommand.Quoted(command.Folder)], .. arguments]);
}
