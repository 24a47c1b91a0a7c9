using SafeDb.Errors;

namespace SafeDb.Migration;

/// <summary>Errors of running migrations, and gates that stop them.</summary>
public static class MigrationErrors
{
    /// <summary>Another run holds the lock.</summary>
    public static readonly ErrorDefinition Locked = new(
        "Migration.Locked", ErrorKind.Locked, "Another migration run works on {0} ({1} is held).", "Wait until it has ended, and look at the status then.", IsTransient: true);

    /// <summary>A statement did not get its lock in any attempt.</summary>
    public static readonly ErrorDefinition LockNotGranted = new(
        "Migration.LockNotGranted", ErrorKind.Locked, "{0}, line {1}: the lock was not granted in {2}. {3}",
        "End or wait for the sessions named, or raise lockRetries or lockTimeout in the policy. Nothing of this statement took effect.", IsTransient: true);

    /// <summary>A statement failed.</summary>
    public static readonly ErrorDefinition StatementFailed = new(
        "Migration.StatementFailed", ErrorKind.Verification, "{0}, line {1}: {2}", "Correct the migration and run again; the result says in which state the database was left.");

    /// <summary>A script ended in another transaction than it began.</summary>
    public static readonly ErrorDefinition TransactionState = new(
        "Migration.TransactionState", ErrorKind.Verification, "{0}, line {1}: after this statement the transaction was {2}, and it should be {3}. A statement ended or opened a transaction by itself.",
        "Remove transaction commands from functions and scripts; nothing is reported as applied over such a state.");

    /// <summary>Foreign keys do not hold.</summary>
    public static readonly ErrorDefinition ForeignKeys = new(
        "Migration.ForeignKeys", ErrorKind.Verification, "Foreign keys would be violated: {0}", "Correct the migration so that every reference finds its row. The transaction was rolled back.");

    /// <summary>A batch did not come to an end.</summary>
    public static readonly ErrorDefinition BatchIncomplete = new(
        "Migration.BatchIncomplete", ErrorKind.Verification, "{0}, line {1}: after all batches {2} still meet the statement's condition.", "Check the condition and the key; then resume the run.");

    /// <summary>A batch waited too long for its turn.</summary>
    public static readonly ErrorDefinition BatchTooBusy = new(
        "Migration.BatchTooBusy", ErrorKind.Timeout, "{0}, line {1}: after waiting for {2} the next batch could still not begin: {3}.",
        "Run it at a quieter time, or raise the directive's limit or batchPatience in the policy.", IsTransient: true);

    /// <summary>How far replicas are behind cannot be seen.</summary>
    public static readonly ErrorDefinition LagHidden = new(
        "Migration.LagHidden", ErrorKind.Unauthorized, "{0}, line {1}: max-lag cannot be kept, because this user may not see how far behind {2} of the connected replicas are.",
        "Grant pg_read_all_stats to the user that runs migrations, or take max-lag out of the directive.");

    /// <summary>A run was interrupted.</summary>
    public static readonly ErrorDefinition Interrupted = new(
        "Migration.Interrupted", ErrorKind.GateClosed, "The run {0} of {1:u} was interrupted: {2}", "Finish it with Invoke-SafeMigration -Resume, or take it back with Undo-SafeMigration.");

    /// <summary>There is nothing to resume.</summary>
    public static readonly ErrorDefinition NothingInterrupted = new(
        "Migration.NothingInterrupted", ErrorKind.NotFound, "No interrupted run is recorded in {0}.", "Run without -Resume.");

    /// <summary>The state of a statement cannot be told.</summary>
    public static readonly ErrorDefinition Uncertain = new(
        "Migration.Uncertain", ErrorKind.NeedsPerson, "Whether {0} in {1} took effect cannot be told: it ran outside a transaction when the run was interrupted.",
        "Look at the database. Undo-SafeMigration with a backup restores the state before the run.");

    /// <summary>The world changed between plan and run.</summary>
    public static readonly ErrorDefinition PlanStale = new(
        "Migration.PlanStale", ErrorKind.Conflict, "The plan no longer fits: {0}", "Make a new plan and look at it.");

    /// <summary>A plan cannot be written.</summary>
    public static readonly ErrorDefinition PlanNotWritten = new(
        "Migration.PlanNotWritten", ErrorKind.Storage, "The plan cannot be written to {0}: {1}", "Give a file in a folder that can be written. Nothing was changed.");

    /// <summary>A plan file cannot be used.</summary>
    public static readonly ErrorDefinition PlanUnreadable = new(
        "Migration.PlanUnreadable", ErrorKind.InvalidContent, "{0} is no migration plan: {1}", "Make a plan with Invoke-SafeMigration -Plan.");

    /// <summary>A target that no migration has.</summary>
    public static readonly ErrorDefinition NoSuchMigration = new(
        "Migration.NoSuchMigration", ErrorKind.NotFound, "There is no migration {0} that fits.", "Get-SafeMigration lists them.");

    /// <summary>An applied file was edited.</summary>
    public static readonly ErrorDefinition Edited = new(
        "Migration.Edited", ErrorKind.GateClosed, "Applied migrations were edited afterwards: {0}", "Restore the files from version control and write a new migration; or allow the hazard edited-migration.");

    /// <summary>An applied file is gone.</summary>
    public static readonly ErrorDefinition Missing = new(
        "Migration.Missing", ErrorKind.GateClosed, "Files of applied migrations are gone: {0}", "Restore them from version control; or allow the hazard missing-migration.");

    /// <summary>A migration would run after a later one.</summary>
    public static readonly ErrorDefinition OutOfOrder = new(
        "Migration.OutOfOrder", ErrorKind.GateClosed, "Pending migrations stand before applied ones: {0}", "Give them later numbers; or allow the hazard out-of-order-migration.");

    /// <summary>A migration is marked as failed.</summary>
    public static readonly ErrorDefinition FailedBefore = new(
        "Migration.FailedBefore", ErrorKind.GateClosed, "The history says that these began and did not end: {0}",
        "Find out what they left behind. If the database is as before them, allow the hazard retry-failed-migration: the retry settles the record.");

    /// <summary>Risk above what the policy lets pass.</summary>
    public static readonly ErrorDefinition Risk = new(
        "Migration.Risk", ErrorKind.GateClosed, "Hazards that the policy does not let pass: {0}", "Follow their advice, or allow each by name with -AllowHazard.");

    /// <summary>A statement that cannot be read.</summary>
    public static readonly ErrorDefinition NotUnderstood = new(
        "Migration.NotUnderstood", ErrorKind.GateClosed, "A statement could not be read, so nothing is known of what it does: {0}",
        "Look for a syntax error at the place named and correct it. If the statement is right and only unknown to SafeDb, allow it with -AllowHazard statement-not-analysed: the rehearsal then runs it on the restored copy first.");

    /// <summary>No way back.</summary>
    public static readonly ErrorDefinition NoWayBack = new(
        "Migration.NoWayBack", ErrorKind.GateClosed, "There is no way back that the policy accepts for: {0}",
        "Write a down script, or document the manual way in '-- safedb:rollback' lines, or accept restore in the policy's waysBack.");

    /// <summary>No proved backup.</summary>
    public static readonly ErrorDefinition NoBackup = new(
        "Migration.NoBackup", ErrorKind.GateClosed, "No backup that was proved by a restore is at hand.", "Give a destination for the backup, or one that was verified; or allow the hazard no-backup.");

    /// <summary>The schema is not what the last run left.</summary>
    public static readonly ErrorDefinition Drift = new(
        "Migration.Drift", ErrorKind.GateClosed, "The schema was changed outside migrations since {0} was applied{1}", "Compare the schemas and bring the change into a migration; or allow the hazard schema-drift.");

    /// <summary>The rehearsal failed.</summary>
    public static readonly ErrorDefinition RehearsalFailed = new(
        "Migration.RehearsalFailed", ErrorKind.GateClosed, "The rehearsal on the restored copy failed: {0}", "Correct the migration. The database was not touched.");

    /// <summary>The rehearsal lost data.</summary>
    public static readonly ErrorDefinition DataLoss = new(
        "Migration.DataLoss", ErrorKind.GateClosed, "The rehearsal lost data: {0}", "Change the migration so that the values are kept; or, when the loss is meant, allow the hazard data-loss.");

    /// <summary>Nobody measured what an undo would lose.</summary>
    public static readonly ErrorDefinition UndoUnmeasured = new(
        "Migration.UndoUnmeasured", ErrorKind.GateClosed, "The down scripts of these may take rows or values away, and no rehearsal measured it: {0}",
        "Give a destination for the backup so that the undo can be rehearsed; or, when the loss is meant, allow the hazard data-loss.");

    /// <summary>The down scripts do not lead back.</summary>
    public static readonly ErrorDefinition DownDiffers = new(
        "Migration.DownDiffers", ErrorKind.GateClosed, "The down scripts did not bring the rehearsal copy back: {0}", "Correct the down scripts; or allow the hazard down-differs.");

    /// <summary>The caller said no.</summary>
    public static readonly ErrorDefinition NotConfirmed = new(
        "Migration.NotConfirmed", ErrorKind.Cancelled, "The run was not confirmed. The database was not touched.", "Start it again when ready.");

    /// <summary>A hook failed.</summary>
    public static readonly ErrorDefinition HookFailed = new(
        "Migration.HookFailed", ErrorKind.GateClosed, "A hook of the moment '{0}' failed: {1}", "Correct the hook. Before a run it stops the run and nothing is touched; afterwards it changes nothing any more.");

    /// <summary>A runner failed.</summary>
    public static readonly ErrorDefinition RunnerFailed = new(
        "Migration.RunnerFailed", ErrorKind.Verification, "The runner failed in the phase '{0}': {1}", "Look at what it said, and correct it. In the rehearsal it had only the copy; in production the result says how the database was left.");

    /// <summary>Something that does not go together with a runner.</summary>
    public static readonly ErrorDefinition RunnerAlone = new(
        "Migration.RunnerAlone", ErrorKind.InvalidInput, "A runner does not go together with {0}.", "Leave one of the two out.");

    /// <summary>A run of another kind is to be resumed.</summary>
    public static readonly ErrorDefinition RunnerWanted = new(
        "Migration.RunnerWanted", ErrorKind.InvalidInput, "The interrupted run {0} was one {1} a runner.", "Resume it in the way in which it began, or take it back with Undo-SafeMigration.");

    /// <summary>What must hold after the migration does not.</summary>
    public static readonly ErrorDefinition VerifyFailed = new(
        "Migration.VerifyFailed", ErrorKind.Verification, "After the migration this does not hold: {0}", "The migration was taken back if a way back allowed it; see the result.");

    /// <summary>It failed and was taken back.</summary>
    public static readonly ErrorDefinition RolledBack = new(
        "Migration.RolledBack", ErrorKind.RolledBack, "{0} The database is as it was before the run ({1}).", "Correct the cause and run again.");

    /// <summary>Somebody stopped it, and it was taken back.</summary>
    public static readonly ErrorDefinition StoppedAndTakenBack = new(
        "Migration.StoppedAndTakenBack", ErrorKind.Cancelled, "The run was stopped. The database is as it was before the run ({0}).", "Run it again when ready.");

    /// <summary>It failed and could not be taken back.</summary>
    public static readonly ErrorDefinition NeedsPerson = new(
        "Migration.NeedsPerson", ErrorKind.NeedsPerson, "{0} Taking it back did not succeed: {1}", "Get-SafeMigration says what is applied. Correct the cause and finish with Invoke-SafeMigration -Resume, or restore the backup named in the result.");

    /// <summary>A down script is missing for what is to be undone.</summary>
    public static readonly ErrorDefinition NoDownScript = new(
        "Migration.NoDownScript", ErrorKind.GateClosed, "{0} has no down script.", "Restore a backup instead, or follow its manual way back: {1}");

    /// <summary>Resetting is not allowed here.</summary>
    public static readonly ErrorDefinition ResetRefused = new(
        "Migration.ResetRefused", ErrorKind.GateClosed, "Taking back every applied migration would reset the database, and the policy of this environment does not allow that.", "Take back fewer, restore a backup, record what was there before as a baseline, or use an environment whose policy has allowReset.");

    /// <summary>A name that cannot be a file's.</summary>
    public static readonly ErrorDefinition NameInvalid = new(
        "Migration.NameInvalid", ErrorKind.InvalidInput, "{0} cannot be the name of a migration.", "Use letters, digits and underscores, such as add_orders.");

    /// <summary>A name that is a path.</summary>
    public static readonly ErrorDefinition NameHasFolder = new(
        "Migration.NameHasFolder", ErrorKind.InvalidInput, "The name {0} holds a path separator.", "Give the name alone, such as add_orders; the folder is -Path, or the database's in safedb.json.");

    /// <summary>Nothing to write.</summary>
    public static readonly ErrorDefinition NoDifference = new(
        "Migration.NoDifference", ErrorKind.NotFound, "The migrations of the folder lead to the very schema of {0}; there is no difference to write.", "Leave -FromDifference out to begin an empty migration. Owners and privileges are not compared.");

    /// <summary>The files of a new migration cannot be made.</summary>
    public static readonly ErrorDefinition NotWritten = new(
        "Migration.NotWritten", ErrorKind.Storage, "{0} cannot be written: {1}", "Check the folder and the rights on it. No file of the new migration was left behind, and none was overwritten.");

    /// <summary>A baseline that is not what is there.</summary>
    public static readonly ErrorDefinition BaselineUnproved = new(
        "Migration.BaselineUnproved", ErrorKind.GateClosed, "That the database is what the migrations up to {0} lead to is not proved: {1}",
        "Choose the version that fits, or bring the differences into a migration; or, when they are meant, allow the hazard baseline-unproved.");

    /// <summary>A history that takes no baseline any more.</summary>
    public static readonly ErrorDefinition BaselineRefused = new(
        "Migration.BaselineRefused", ErrorKind.Conflict, "{0} holds migrations already, so its tool would refuse a baseline.", "Apply the rest as usual, or repair the history by its own tool.");
}
