using SafeDb.Addresses;
using SafeDb.MaintenanceModes;
using SafeDb.Providers;
using SafeDb.Stores;

namespace SafeDb.Sqlite;

/// <summary>
/// SQLite has no server that could keep others out, and a lock would end with the process that holds it. So maintenance is a mark that outlives everybody: a file beside the database, which
/// programs must look for. What SafeDb itself changes is protected by SQLite's own lock, one migration at a time.
/// </summary>
public sealed class SqliteMaintenanceMode : IMaintenanceMode
{
    /// <summary>What the mark's name has after the database's.</summary>
    public const string Suffix = "-maintenance.json";

    /// <inheritdoc/>
    public DatabaseEngine Engine => DatabaseEngine.Sqlite;

    /// <inheritdoc/>
    public async Task<MaintenanceState> ReadAsync(IDatabaseSession session, DatabaseAddress database, CancellationToken cancellationToken) =>
        State(database, await MarkAsync(database, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public async Task<MaintenanceState> EnterAsync(IDatabaseSession session, DatabaseAddress database, MaintenanceRequest request, CancellationToken cancellationToken)
    {
        if (await MarkAsync(database, cancellationToken).ConfigureAwait(false) is { } already)
        {
            return State(database, already);
        }

        MaintenanceMark mark = MaintenanceMark.Of(request);
        string path = PathOf(database);
        string fresh = $"{path}.{Guid.NewGuid():N}";
        try
        {
            // Written whole under another name first: a program that looks never sees half a mark.
            await File.WriteAllTextAsync(fresh, mark.ToJson() + "\n", cancellationToken).ConfigureAwait(false);
            DurableFiles.MoveToFreeName(fresh, path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw MaintenanceErrors.MarkUnusable.Caused(failure, path, failure.Message);
        }
        finally
        {
            File.Delete(fresh);
        }

        return State(database, mark);
    }

    /// <inheritdoc/>
    public async Task<MaintenanceState> LeaveAsync(IDatabaseSession session, DatabaseAddress database, CancellationToken cancellationToken)
    {
        if (await MarkAsync(database, cancellationToken).ConfigureAwait(false) is not null)
        {
            try
            {
                File.Delete(PathOf(database));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw MaintenanceErrors.MarkUnusable.Caused(failure, PathOf(database), failure.Message);
            }
        }

        return State(database, null);
    }

    /// <inheritdoc/>
    public Task AdmitAsync(IDatabaseSession session, CancellationToken cancellationToken) => Task.CompletedTask;

    private static string PathOf(DatabaseAddress database) => SqlitePath.Of(database) + Suffix;

    private static async Task<MaintenanceMark?> MarkAsync(DatabaseAddress database, CancellationToken cancellationToken)
    {
        string path = PathOf(database);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return MaintenanceMark.FromJson(await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)) ?? throw MaintenanceErrors.MarkUnusable.Exception(path, "it is no mark of SafeDb");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw MaintenanceErrors.MarkUnusable.Caused(failure, path, failure.Message);
        }
    }

    private static MaintenanceState State(DatabaseAddress database, MaintenanceMark? mark) => new()
    {
        Database = database.ConfiguredName ?? database.Display, Engine = DatabaseEngine.Sqlite, On = mark is not null, Since = mark?.Since, Reason = mark?.Reason, By = mark?.By, RunId = mark?.RunId,
        Enforced = false, Effect = mark is null ? "Everybody reads and writes." : $"Programs that look for {Path.GetFileName(PathOf(database))} keep away; SQLite itself lets others write.",
    };
}
