using System.Diagnostics;

using SafeDb.Archive;
using SafeDb.Backup;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb.Restore;

/// <summary>Restores archives: aside, compared with the archive, then put in place in one step.</summary>
/// <param name="engine">What the use case needs from outside.</param>
public sealed class RestoreService(SafeDbEngine engine)
{
    /// <summary>Says what a restore would do. Opens the archive; changes nothing.</summary>
    public async Task<RestorePlan> PlanAsync(RestoreCommand command, ArchiveKeys? keys, CancellationToken cancellationToken)
    {
        return await WithArchiveAsync(command, keys, async (_, manifest, tables) =>
        {
            RestoreMode mode = await ModeAsync(command, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> effects = await CheckAsync(command, mode, manifest, cancellationToken).ConfigureAwait(false);
            bool safety = mode == RestoreMode.Replace && !command.NoSafetyBackup;
            return new RestorePlan(
                ArchiveLocation.Shown(command.Backup), manifest.Source.Address, manifest.SnapshotTime, command.Target.Address.Display, mode, tables is null ? null : TableSelection.Names(manifest, tables), safety)
            {
                SchemaOnly = command.SchemaOnly || manifest.Scope.SchemaOnly,
                SafetyDestination = safety ? engine.Stores.Open(SafetyBackup.DestinationOf(command)).Display : null,
                Effects = effects,
            };
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Restores. The copy is compared with the archive before it takes the target's name; when anything fails, the target is as it was and nothing is left over.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="command">What the caller wants.</param>
    /// <param name="keys">Keys of the archive; null for an unencrypted one.</param>
    /// <param name="safetySecrets">Who can open the safety backup; needed when the plan takes one.</param>
    /// <param name="observer">Where it reports.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<RestoreResult> ExecuteAsync(
        RestorePlan plan, RestoreCommand command, ArchiveKeys? keys, ArchiveSecrets? safetySecrets, IOperationObserver observer, CancellationToken cancellationToken)
    {
        DateTimeOffset started = engine.Clock.GetUtcNow();
        long begin = Stopwatch.GetTimestamp();
        var heard = new WarningKeeper(observer);
        observer = heard;
        return await WithArchiveAsync(command, keys, async (reader, manifest, tables) =>
        {
            if (tables is null)
            {
                await reader.VerifyChecksumsAsync(observer, cancellationToken).ConfigureAwait(false);
            }

            string? safety = null;
            var backup = new SafetyBackup(engine, command, observer);
            if (plan.SafetyBackup)
            {
                // What would fail after the backup for a reason that is there now fails before it: the plan may be old.
                await CheckAsync(command, plan.Mode, manifest, cancellationToken).ConfigureAwait(false);
                safety = await backup.TakeAsync(safetySecrets, cancellationToken).ConfigureAwait(false);
            }

            return await backup.GuardAsync(safety, async () =>
            {
                RestoreRequest request = Request(command, plan.Mode, manifest, observer);
                IRestoreTarget target = await engine.Engines.Get(manifest.Source.Engine).OpenRestoreTargetAsync(request, manifest, cancellationToken).ConfigureAwait(false);
                await using (target.ConfigureAwait(false))
                {
                    RestorePassResult pass = await new RestorePass(reader, target, request, tables).RunAsync($"Restore {manifest.Source.Database}", cancellationToken).ConfigureAwait(false);
                    if (!pass.Comparison.Equal)
                    {
                        throw RestoreErrors.NotEqual.Exception(Summarise(pass));
                    }

                    RestoreCommit commit = await target.CommitAsync(cancellationToken).ConfigureAwait(false);
                    var result = new RestoreResult
                    {
                        Backup = ArchiveLocation.Shown(command.Backup),
                        Database = commit.Database.Display,
                        SnapshotTime = manifest.SnapshotTime,
                        Previous = commit.Previous,
                        SafetyBackup = safety,
                        Tables = pass.Comparison.UserTables.Count(),
                        Rows = pass.Comparison.UserTables.Sum(table => table.RestoredRows),
                        LargeObjects = pass.Comparison.HasLargeObjects ? LargeObjects.Count(manifest) : null,
                        StartedAt = started,
                        Duration = Stopwatch.GetElapsedTime(begin),
                        Verified = true,
                        Warnings = heard.Warnings,
                    };
                    return RestoreExtent.Describe(result, manifest, command, tables);
                }
            }).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> WithArchiveAsync<T>(
        RestoreCommand command, ArchiveKeys? keys, Func<ArchiveReader, ArchiveManifest, IReadOnlySet<string>?, Task<T>> work, CancellationToken cancellationToken)
    {
        (IArchiveStore store, string name) = engine.Stores.Locate(command.Backup);
        IArchiveFile file = await store.OpenAsync(name, cancellationToken).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            using (ArchiveReader reader = await ArchiveReader.OpenAsync(file, keys, cancellationToken).ConfigureAwait(false))
            {
                ArchiveManifest manifest = await reader.ReadManifestAsync(cancellationToken).ConfigureAwait(false);
                if (manifest.Source.Engine != command.Target.Address.Engine)
                {
                    throw RestoreErrors.WrongEngine.Exception(manifest.Source.Engine, command.Target.Address.Engine);
                }

                if (command.Overwrite && PartialReason(command, manifest) is { } reason)
                {
                    throw RestoreErrors.PartialReplace.Exception(reason);
                }

                return await work(reader, manifest, TableSelection.Select(manifest, command.Tables)).ConfigureAwait(false);
            }
        }
    }

    private static string? PartialReason(RestoreCommand command, ArchiveManifest manifest) => (command, manifest) switch
    {
        ({ SchemaOnly: true }, _) => "only definitions were asked for",
        ({ Tables.Count: > 0 }, _) => "only some tables were asked for",
        _ => ArchiveExtent.Of(manifest) == ArchiveExtent.Complete ? null : ArchiveExtent.Shortfall(ArchiveExtent.Filters(manifest.Scope)),
    };

    // -Overwrite of a database that is not there is a plain restore: there is nothing to keep and nothing to back up.
    private async Task<RestoreMode> ModeAsync(RestoreCommand command, CancellationToken cancellationToken)
    {
        if (!command.Overwrite)
        {
            return RestoreMode.New;
        }

        return await engine.Engines.Get(command.Target.Address.Engine).ExistsAsync(command.Target.Address, cancellationToken).ConfigureAwait(false)
            ? RestoreMode.Replace
            : RestoreMode.New;
    }

    // Opening a target makes every check and nothing else. Gives what replacing would do to others.
    private async Task<IReadOnlyList<string>> CheckAsync(RestoreCommand command, RestoreMode mode, ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        RestoreRequest request = Request(command, mode, manifest, SilentObserver.Instance);
        IRestoreTarget target = await engine.Engines.Get(manifest.Source.Engine).OpenRestoreTargetAsync(request, manifest, cancellationToken).ConfigureAwait(false);
        await using (target.ConfigureAwait(false))
        {
            return target.Effects;
        }
    }

    private static RestoreRequest Request(RestoreCommand command, RestoreMode mode, ArchiveManifest manifest, IOperationObserver observer) =>
        new(command.Target.Address, mode)
        {
            Tables = TableSelection.Select(manifest, command.Tables) is { } tables ? [.. tables] : [],
            SchemaOnly = command.SchemaOnly || manifest.Scope.SchemaOnly,
            NoOwner = command.NoOwner,
            NoPrivileges = command.NoPrivileges,
            Jobs = command.Jobs,
            Observer = observer,
        };

    private static string Summarise(RestorePassResult pass)
    {
        IEnumerable<string> parts = pass.Comparison.Tables.Where(table => !table.Equal).Select(table => $"{table.Table} ({table.RestoredRows} of {Counted.Of(table.ExpectedRows, "row")})")
            .Concat(pass.Comparison.Schema.Select(difference => $"{difference.Kind} {difference.Identity} {difference.Change}"))
            .Concat(pass.Comparison.State)
            .Concat(pass.Comparison.Integrity);
        return string.Join(", ", parts.Take(10));
    }
}
