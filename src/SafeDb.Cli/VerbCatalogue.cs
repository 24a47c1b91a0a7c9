using System.CommandLine;

using SafeDb.Cli.Hosting;
using SafeDb.Cli.Verbs;

namespace SafeDb.Cli;

/// <summary>Every verb.</summary>
internal static class VerbCatalogue
{
    public static IEnumerable<Command> All(VerbRunner runner) =>
    [
        BackupVerb.Create(runner),
        BackupsVerb.Create(runner),
        CheckVerb.Create(runner),
        CopyVerb.Create(runner),
        PruneVerb.Create(runner),
        ReadyVerb.Create(runner),
        RunVerb.Create(runner),
        ScheduleVerb.Create(runner),
        SchedulesVerb.Create(runner),
        UnscheduleVerb.Create(runner),
        TestVerb.Create(runner),
        RestoreVerb.Create(runner),
        RiskVerb.Create(runner),
        NewVerb.Create(runner),
        MigrateVerb.Create(runner),
        StatusVerb.Create(runner),
        UndoVerb.Create(runner),
        MaintenanceVerb.Create(runner),
        SchemaVerb.Create(runner),
        DemoVerb.Create(runner),
        DriftVerb.Create(runner),
    ];
}
