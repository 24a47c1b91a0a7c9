using SafeDb.Errors;
using SafeDb.Schema;

namespace SafeDb.Migration.Plan;

/// <summary>The gate that closes when somebody changed the schema outside migrations; says what was changed, where the evidence folder holds the schema that the last run left.</summary>
internal static class DriftGate
{
    public const string Id = "schema-drift";
    private const int Shown = 5;

    public static GateResult Judge(IReadOnlyList<AppliedMigration> applied, DatabaseSchema schema, MigrationCommand command)
    {
        // Only the newest record can be compared: the schema has moved on since the older ones.
        AppliedMigration? last = applied.Where(record => record.State == AppliedState.Applied).MaxBy(record => record.AppliedAt);
        return last?.SchemaFingerprint is not string then ? GateResult.Open(Id, "no earlier schema is recorded to compare with")
            : then == schema.Fingerprint() ? GateResult.Open(Id, "the schema is as the last run left it")
            : GateResult.Closed(Id, Error(last.Id, SnapshotFile.Find(command.EvidenceFolder, then), schema, command), command.Allowed);
    }

    private static SafeDbError Error(string last, FoundSnapshot? found, DatabaseSchema schema, MigrationCommand command) => found switch
    {
        { Snapshot: { } snapshot } => MigrationErrors.Drift.Error(last, $": {Changes(snapshot.ToSchema(), schema)}.") with
        {
            RecommendedAction = $"See what changed with {AdvisedCommand.On("Compare-SafeDbSchema", command.Database, "-Reference", AdvisedCommand.Quoted(found.Path))}, and bring it into a migration; or allow the hazard {Id}.",
        },
        { Problem: { } problem } => MigrationErrors.Drift.Error(last, $". What was changed cannot be told: {problem}"),
        _ => MigrationErrors.Drift.Error(last, command.EvidenceFolder is not { } folder ? "." : $". What was changed cannot be told: no snapshot of the schema of then was found in the evidence folder {folder}."),
    };

    /// <summary>What came and went whole is named without its parts; how many these are is said, so that the sum is that of a comparison.</summary>
    private static string Changes(DatabaseSchema before, DatabaseSchema after)
    {
        IReadOnlyList<SchemaObjectDifference> differences = SchemaComparer.Compare(before, after);
        var whole = differences.Where(difference => difference.Change != SchemaChange.Changed).Select(Key).ToHashSet(StringComparer.Ordinal);
        var parts = before.Objects.Concat(after.Objects).Where(item => item.Parent is not null && whole.Contains(item.Parent)).Select(item => item.Key).ToHashSet(StringComparer.Ordinal);
        string[] named = [.. differences.Where(difference => difference.Change == SchemaChange.Changed || !parts.Contains(Key(difference))).Select(difference => difference.ToString())];
        int rest = differences.Count - named.Length;
        return Counted.First(named, Shown, "object") + (rest == 0 ? "" : $" ({Counted.Of(differences.Count, "difference")} with the parts of what came or went whole)");
    }

    private static string Key(SchemaObjectDifference difference) => $"{difference.Kind} {difference.Identity}";
}
