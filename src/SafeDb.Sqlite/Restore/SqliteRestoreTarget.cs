using System.Collections.Concurrent;

using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Sqlite.Content;
using SafeDb.Sqlite.Files;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;
using SafeDb.Stores;

namespace SafeDb.Sqlite.Restore;

/// <summary>Restores an image into a private file in the target's folder, which a commit renames over the target.</summary>
internal sealed class SqliteRestoreTarget(RestorePlace place, RestoreRequest request, ArchiveManifest manifest, TimeProvider clock) : IRestoreTarget
{
    private readonly ConcurrentBag<(long Offset, long Bytes)> _loaded = [];
    private ScratchFile? _scratch;
    private SafeFileHandle? _file;
    private bool _finished;

    public DatabaseAddress Copy => SqlitePath.ToAddress(Scratch.FullPath, request.Address.GetConnectionString());

    private ScratchFile Scratch => _scratch ?? throw SqliteErrors.WrongOrder.Exception("The copy");

    public Task PrepareAsync(CancellationToken cancellationToken) => SqliteFailure.TranslateAsync(place.Folder, cancellationToken, async () =>
    {
        if (_scratch is not null) throw SqliteErrors.WrongOrder.Exception(nameof(PrepareAsync));
        _scratch = ScratchFile.Create(place.Folder, manifest.Source.Database);
        using (FileStream created = _scratch.OpenNew()) created.SetLength(place.ImageBytes);
        _file = File.OpenHandle(_scratch.FullPath, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.Asynchronous);
    });

    public Task LoadAsync(ManifestPart part, Stream plain, CancellationToken cancellationToken) => SqliteFailure.TranslateAsync(Scratch.FullPath, cancellationToken, async () =>
    {
        SafeFileHandle file = _file ?? throw SqliteErrors.WrongOrder.Exception(nameof(LoadAsync));
        long bytes = await ImageWriter.WriteAsync(file, part, plain, place.ImageBytes, cancellationToken).ConfigureAwait(false);
        _loaded.Add((part.Offset, bytes));
    });

    public Task FinishAsync(CancellationToken cancellationToken) => SqliteFailure.TranslateAsync(Scratch.FullPath, cancellationToken, () => Task.Run(
        () =>
        {
            if (_file is null) throw SqliteErrors.WrongOrder.Exception(nameof(FinishAsync));
            _file.Dispose();
            _file = null;
            ImageWriter.CheckWhole(_loaded, place.ImageBytes);
            if (request.SchemaOnly || request.Tables.Count > 0) RowPruner.Remove(Scratch.FullPath, Unwanted());
            else using (SqliteConnections.OpenPrivate(Scratch.FullPath)) { }
            if (request.Mode != RestoreMode.Scratch) DurableFiles.SyncFile(Scratch.FullPath);
            _finished = true;
        },
        cancellationToken));

    public Task<RestoredContent> ReadContentAsync(RestoredContentRequest wanted, CancellationToken cancellationToken) => AfterFinish(nameof(ReadContentAsync), cancellationToken, async () =>
    {
        using SqliteConnection connection = SqliteConnections.OpenPrivate(Scratch.FullPath);
        using CancellationTokenRegistration interrupt = connection.InterruptOn(cancellationToken);
        IReadOnlyList<string> damage = ContentState.FindDamage(connection, full: true);
        if (damage.Count > 0 && IsUnreadable(damage)) return new RestoredContent(manifest.ToSchema() with { Objects = [] }, NoRows, NoState) { IntegrityProblems = damage };
        SqliteCatalogue catalogue = new SqliteSchemaReader(connection).ReadCatalogue();
        List<SqliteTable> tables = [.. catalogue.Tables.Where(table => wanted.Tables is null || wanted.Tables.Contains(table.Identity))];
        IReadOnlyDictionary<string, RowFingerprint> prints = await TableDigests.ComputeAsync(
            () => SqliteConnections.OpenPrivate(Scratch.FullPath), tables, Algorithm, wanted.Jobs, cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, string> state = ContentState.Read(connection);
        TellOrphans(state);
        return new RestoredContent(catalogue.Schema, prints, state) { IntegrityProblems = damage, StateLeftOut = StateLeftOut(catalogue) };
    });

    public Task<IReadOnlyList<RowDifference>> FindDifferencesAsync(ManifestTable table, IArchivedData archive, int limit, CancellationToken cancellationToken) =>
        AfterFinish(nameof(FindDifferencesAsync), cancellationToken, async () =>
        {
            ScratchFile original = ScratchFile.Create(place.Folder, manifest.Source.Database);
            await using (original.ConfigureAwait(false))
            {
                await ImageWriter.ExtractAsync(original, archive, place.ImageBytes, cancellationToken).ConfigureAwait(false);
                return RowDifferences.Find(original.FullPath, Scratch.FullPath, table, limit, cancellationToken);
            }
        });

    public Task<RestoreCommit> CommitAsync(CancellationToken cancellationToken)
    {
        if (request.Mode == RestoreMode.Scratch) throw SqliteErrors.WrongOrder.Exception(nameof(CommitAsync));
        return AfterFinish(nameof(CommitAsync), cancellationToken, () => Task.Run(
            () =>
            {
                string? previous = DatabaseSwap.Commit(Scratch.FullPath, place.Path, request.Mode, clock);
                return new RestoreCommit(SqlitePath.ToAddress(place.Path, request.Address.GetConnectionString()), previous);
            },
            CancellationToken.None));
    }

    public async ValueTask DisposeAsync()
    {
        _file?.Dispose();
        _file = null;
        if (Interlocked.Exchange(ref _scratch, null) is { } scratch) await scratch.DisposeAsync().ConfigureAwait(false);
    }

    private static readonly IReadOnlyDictionary<string, RowFingerprint> NoRows = new Dictionary<string, RowFingerprint>(StringComparer.Ordinal);
    private static readonly IReadOnlyDictionary<string, string> NoState = new Dictionary<string, string>(StringComparer.Ordinal);

    private string Algorithm => manifest.Tables.Select(table => table.Fingerprint?.Algorithm).FirstOrDefault(id => id is not null) ?? RowAlgorithm.Sha256;

    /// <summary>Damage of the b-trees keeps from reading on; an index that disagrees with its table does not.</summary>
    private static bool IsUnreadable(IReadOnlyList<string> damage) =>
        damage.Any(message => !message.Contains("index", StringComparison.OrdinalIgnoreCase) && !message.Contains("missing from", StringComparison.Ordinal));

#pragma warning disable CA1068 // as in SqliteFailure
    private Task<T> AfterFinish<T>(string call, CancellationToken cancellationToken, Func<Task<T>> action) =>
        _finished ? SqliteFailure.TranslateAsync(Scratch.FullPath, cancellationToken, action) : throw SqliteErrors.WrongOrder.Exception(call);
#pragma warning restore CA1068

    // Rows may now refer to rows that were left out, and a table without rows has no sequence.
    private IReadOnlySet<string> StateLeftOut(SqliteCatalogue catalogue)
    {
        if (request.Tables.Count == 0) return new HashSet<string>(StringComparer.Ordinal);
        IEnumerable<string> sequences = catalogue.Tables.Where(table => !TableSelection.MatchesAny(request.Tables, table.Name)).Select(table => ContentState.SequenceOf(table.Name));
        return new HashSet<string>(sequences, StringComparer.Ordinal) { ContentState.ForeignKeyViolations };
    }

    private void TellOrphans(IReadOnlyDictionary<string, string> state)
    {
        if (request.Tables.Count == 0 || state[ContentState.ForeignKeyViolations] == manifest.State.GetValueOrDefault(ContentState.ForeignKeyViolations)) return;
        string count = state[ContentState.ForeignKeyViolations].Split(' ')[0];
        request.Observer.OnMessage(MessageLevel.Warning, $"{count} foreign keys of the restored tables lead to rows that were left out. Restore the tables that they refer to as well, or delete those rows before the database is used.");
    }

    private List<SqliteTable> Unwanted()
    {
        using SqliteConnection connection = SqliteConnections.OpenPrivate(Scratch.FullPath);
        return [.. new SqliteSchemaReader(connection).ReadCatalogue().Tables.Where(table => request.SchemaOnly || !TableSelection.MatchesAny(request.Tables, table.Name))];
    }
}
