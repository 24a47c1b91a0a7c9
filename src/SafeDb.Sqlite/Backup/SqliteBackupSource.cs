using Microsoft.Data.Sqlite;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Fingerprints;
using SafeDb.Observation;
using SafeDb.Providers;
using SafeDb.Sqlite.Content;
using SafeDb.Sqlite.Files;
using SafeDb.Sqlite.Native;
using SafeDb.Sqlite.Schema;

namespace SafeDb.Sqlite.Backup;

/// <summary>
/// A backup is an image: the live database is copied once, consistently, into a private scratch file; the archive's parts are ranges of that file, and the fingerprints of its
/// tables are computed from it while the ranges are being read. The scratch file is removed in every case.
/// </summary>
internal sealed class SqliteBackupSource(DatabaseAddress address, BackupRequest request, TimeProvider clock) : IBackupSource
{
    private const int UnitBytes = 16 << 20;
    private const int ReadBytes = 1 << 20;
    private readonly string _path = SqlitePath.Of(address);
    private readonly CancellationTokenSource _stop = new();
    private ScratchFile? _scratch;
    private int _disposed;
    private Task<IReadOnlyDictionary<string, RowFingerprint>>? _digests;

    public Task<BackupContents> DescribeAsync(CancellationToken cancellationToken) =>
        SqliteFailure.TranslateAsync(_path, cancellationToken, () => Task.Run(() => DescribeCopyAsync(cancellationToken), cancellationToken));

    // Filters are applied by removing rows from the copy: how much is left, only a copy tells.
    public Task<BackupOutlook> ForeseeAsync(CancellationToken cancellationToken) => SqliteFailure.TranslateAsync(_path, cancellationToken, () => Task.Run(
        () =>
        {
            TableSelection.Check(request.Scope);
            using SqliteConnection connection = SqliteConnections.OpenToLook(address.GetConnectionString());
            using CancellationTokenRegistration interrupt = connection.InterruptOn(cancellationToken);
            SqliteCatalogue catalogue = new SqliteSchemaReader(connection).ReadCatalogue();
            TableSelection.CheckAllMatched(request.Scope, catalogue.Tables);
            List<ManifestTable> tables = Tables(catalogue);
            bool whole = tables.TrueForAll(table => table.RowsOmitted is null);
            return new BackupOutlook(tables, Coverage.Full, whole ? connection.Number("PRAGMA page_count") * connection.Number("PRAGMA page_size") : null);
        },
        cancellationToken));

    public Task ReadAsync(DataUnit unit, IPartSink sink, CancellationToken cancellationToken)
    {
        ScratchFile scratch = _scratch ?? throw SqliteErrors.WrongOrder.Exception(nameof(ReadAsync));
        return SqliteFailure.TranslateAsync(scratch.FullPath, cancellationToken, () => ReadRangeAsync(scratch.FullPath, unit, sink, cancellationToken));
    }

    public Task<BackupClosing> CompleteAsync(CancellationToken cancellationToken)
    {
        Task<IReadOnlyDictionary<string, RowFingerprint>> digests = _digests ?? throw SqliteErrors.WrongOrder.Exception(nameof(CompleteAsync));
        return SqliteFailure.TranslateAsync(_path, cancellationToken, async () =>
        {
            var closing = new BackupClosing { Fingerprints = await digests.WaitAsync(cancellationToken).ConfigureAwait(false) };
            await ReleaseAsync().ConfigureAwait(false);
            return closing;
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_digests is { } digests) await digests.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task<BackupContents> DescribeCopyAsync(CancellationToken cancellationToken)
    {
        if (_scratch is not null) throw SqliteErrors.WrongOrder.Exception(nameof(DescribeAsync));
        TableSelection.Check(request.Scope);
        DateTimeOffset moment;
        string journalMode;
        using (SqliteConnection source = SqliteConnections.Open(address.GetConnectionString()))
        {
            journalMode = source.Text("PRAGMA journal_mode");
            long bytes = source.Number("PRAGMA page_count") * source.Number("PRAGMA page_size");
            _scratch = ScratchFile.Create(ScratchFolder.Choose(request.Scratch, _path, bytes), address.DatabaseName);
            request.Observer.OnMessage(MessageLevel.Verbose, $"Copying {bytes} bytes to a private file in {Path.GetDirectoryName(_scratch.FullPath)}.");
            moment = clock.GetUtcNow();
            using CancellationTokenRegistration interrupt = source.InterruptOn(cancellationToken);
            await OnlineCopy.TakeAsync(source, _path, _scratch, cancellationToken).ConfigureAwait(false);
        }

        SqliteCatalogue catalogue = Prune(_scratch.FullPath);
        BackupContents contents = Describe(_scratch.FullPath, catalogue, moment, cancellationToken);
        return contents with { Properties = new Dictionary<string, string>(contents.Properties, StringComparer.Ordinal) { [ImageProperties.JournalMode] = journalMode } };
    }

    private SqliteCatalogue Prune(string copy)
    {
        SqliteCatalogue catalogue;
        using (SqliteConnection connection = SqliteConnections.OpenFrozen(copy)) catalogue = new SqliteSchemaReader(connection).ReadCatalogue();
        TableSelection.CheckAllMatched(request.Scope, catalogue.Tables);
        RowPruner.Remove(copy, [.. catalogue.Tables.Where(table => TableSelection.OmittedBy(request.Scope, table) is not null)]);
        return catalogue;
    }

    private BackupContents Describe(string copy, SqliteCatalogue catalogue, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = SqliteConnections.OpenFrozen(copy);
        using CancellationTokenRegistration interrupt = connection.InterruptOn(cancellationToken);
        IReadOnlyList<string> damage = ContentState.FindDamage(connection, full: false);
        if (damage.Count > 0) throw SqliteErrors.Corrupt.Exception(_path, string.Join("; ", damage.Take(3)));

        Dictionary<string, string> properties = ContentState.ReadProperties(connection);
        long length = new FileInfo(copy).Length;
        properties[ImageProperties.Bytes] = length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        IReadOnlyList<SqliteTable> read = [.. catalogue.Tables.Where(table => TableSelection.OmittedBy(request.Scope, table) is null)];
        _digests = TableDigests.ComputeAsync(() => SqliteConnections.OpenFrozen(copy), read, request.FingerprintAlgorithm, request.Jobs, _stop.Token);
        EngineInfo engine = SqliteSession.EngineOf();
        return new BackupContents
        {
            Source = new ManifestSource(DatabaseEngine.Sqlite, engine.Version, engine.VersionText, address.DatabaseName, address.Display),
            SnapshotTime = moment,
            Schema = catalogue.Schema,
            Tables = Tables(catalogue),
            Units = Ranges(length),
            Coverage = Coverage.Full,
            State = ContentState.Read(connection),
            Properties = properties,
        };
    }

    private List<ManifestTable> Tables(SqliteCatalogue catalogue) =>
        [.. catalogue.Tables.Select(table => new ManifestTable(table.Identity, table.Columns, null) { KeyColumns = table.PrimaryKey, RowsOmitted = TableSelection.OmittedBy(request.Scope, table) })];

    private static List<DataUnit> Ranges(long length)
    {
        var units = new List<DataUnit>();
        for (long offset = 0; offset < length; offset += UnitBytes)
        {
            long bytes = Math.Min(UnitBytes, length - offset);
            units.Add(new DataUnit(PartKind.Image, string.Empty, bytes, bytes) { Offset = offset });
        }

        return units;
    }

    private static async Task<bool> ReadRangeAsync(string path, DataUnit unit, IPartSink sink, CancellationToken cancellationToken)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.Asynchronous);
        byte[] buffer = new byte[(int)Math.Min(ReadBytes, unit.EstimatedBytes)];
        for (long done = 0; done < unit.EstimatedBytes;)
        {
            int wanted = (int)Math.Min(buffer.Length, unit.EstimatedBytes - done);
            int got = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, wanted), unit.Offset + done, cancellationToken).ConfigureAwait(false);
            if (got == 0) throw SqliteErrors.InputOutput.Exception(path, "the private copy became shorter");
            await sink.WriteAsync(buffer.AsMemory(0, got), cancellationToken).ConfigureAwait(false);
            done += got;
        }

        return true;
    }

    private async ValueTask ReleaseAsync()
    {
        if (Interlocked.Exchange(ref _scratch, null) is { } scratch) await scratch.DisposeAsync().ConfigureAwait(false);
    }
}
