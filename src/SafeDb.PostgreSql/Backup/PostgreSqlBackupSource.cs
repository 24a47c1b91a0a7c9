using System.Collections.Concurrent;
using System.Globalization;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Copy;
using SafeDb.PostgreSql.Schema;
using SafeDb.PostgreSql.Sessions;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Backup;

/// <summary>A PostgreSQL database opened for one backup: one exported snapshot, read by as many connections as jobs.</summary>
internal sealed class PostgreSqlBackupSource(DatabaseAddress address, BackupRequest request, TimeProvider time) : IBackupSource
{
    private readonly ServerConnections _connections = new(address);
    private readonly ConcurrentBag<SnapshotWorker> _idle = [];
    private readonly CancellationTokenSource _stop = new();
    private SnapshotLeader? _leader;
    private int _running;

    private SnapshotLeader Leader => _leader ?? throw GeneralErrors.Bug.Exception("a unit is read before the database was described.");

    /// <summary>
    /// Columns of tables in the order to read them in, where that is not the table's own: a table that inherits a column which its parent got later has it last, and a copy of the
    /// table has it first.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ColumnOrder { get; init; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>
    /// For a copy of an archive, the archive's tables: what it holds decides whose rows are read, not its filters, which may have been understood differently when it was made. Null for a backup.
    /// </summary>
    public IReadOnlyList<ManifestTable>? Archived { get; init; }

    /// <summary>Fails when the database cannot be reached, does not exist, or is reached through a pooler that changes backends.</summary>
    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await PoolerProbe.CheckAsync(_connections, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<BackupContents> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            _leader = await SnapshotLeader.OpenAsync(_connections, cancellationToken).ConfigureAwait(false);
            Say($"Snapshot {_leader.SnapshotId} taken; all tables are locked against changes of their definition.");

            // A first worker now: what breaks the snapshot must show itself before anything is read.
            _idle.Add(await SnapshotWorker.OpenAsync(_connections, _leader, cancellationToken).ConfigureAwait(false));
            PostgreSqlSchema schema = await PostgreSqlSchemaReader.ReadAsync(_leader.Connection, new SchemaReadOptions { IncludeSecrets = true }, cancellationToken).ConfigureAwait(false);
            schema = schema with { Notices = [.. schema.Notices, .. StandbyNotices.Of(schema, _leader.IsStandby)] };
            foreach (string notice in schema.Notices)
            {
                request.Observer.OnMessage(MessageLevel.Warning, notice);
            }

            return await ContentsAsync(_leader, schema, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task ReadAsync(DataUnit unit, IPartSink sink, CancellationToken cancellationToken)
    {
        var slice = (TableSlice)unit.State!;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        Interlocked.Increment(ref _running);
        try
        {
            await ReadAsync(slice, sink, linked.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (OversizedRow.IsCause(exception))
        {
            throw await OversizedRow.ExplainAsync(_connections, slice.Table, exception, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, linked.Token);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    /// <inheritdoc/>
    public async Task<BackupClosing> CompleteAsync(CancellationToken cancellationToken)
    {
        await Leader.CheckAsync(cancellationToken).ConfigureAwait(false);
        string? age = await Leader.Connection.ScalarAsync(
            "SELECT pg_catalog.age(backend_xmin) FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()", cancellationToken).ConfigureAwait(false);
        Say($"The snapshot held for {(time.GetUtcNow() - Leader.Time).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s and {age ?? "0"} transactions.");
        await Leader.Connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        return new BackupClosing();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Units still being read end at their next row; their connections go with them.
        await _stop.CancelAsync().ConfigureAwait(false);
        for (int i = 0; i < 100 && Volatile.Read(ref _running) > 0; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
        }

        while (_idle.TryTake(out SnapshotWorker? worker))
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }

        if (_leader is not null)
        {
            await _leader.DisposeAsync().ConfigureAwait(false);
        }

        await _connections.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ReadAsync(TableSlice slice, IPartSink sink, CancellationToken cancellationToken)
    {
        SnapshotWorker worker = _idle.TryTake(out SnapshotWorker? idle)
            ? idle
            : await SnapshotWorker.OpenAsync(_connections, Leader, cancellationToken).ConfigureAwait(false);
        try
        {
            if (slice.Table.Name == SourceTable.LargeObjects || await worker.TryLockAsync(slice.Table.Name, cancellationToken).ConfigureAwait(false))
            {
                await CopyOut.ReadAsync(worker.Connection, slice.Sql, sink, cancellationToken).ConfigureAwait(false);
                _idle.Add(worker);
                return;
            }

            _idle.Add(worker);
        }
        catch
        {
            await worker.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await ReadWithLeaderAsync(slice, sink, cancellationToken).ConfigureAwait(false);
    }

    // Somebody queues for an exclusive lock on this table. The leader holds its own lock on it already and can read without waiting.
    private async Task ReadWithLeaderAsync(TableSlice slice, IPartSink sink, CancellationToken cancellationToken)
    {
        Say($"Another session waits to lock {slice.Table.Name}; the connection that holds the snapshot reads it.");
        await Leader.Gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CopyOut.ReadAsync(Leader.Connection, slice.Sql, sink, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leader.Gate.Release();
        }
    }

    private async Task<BackupContents> ContentsAsync(SnapshotLeader leader, PostgreSqlSchema schema, CancellationToken cancellationToken)
    {
        var filter = new ScopeFilter(request.Scope, schema);
        List<SourceTable> tables = [.. SourceTables.From(schema, Choice(filter), leader.IsStandby).Select(InOrder)];
        if (Archived is null)
        {
            await RowAccess.RequireAsync(leader.Connection, tables.Where(table => table.RowsOmitted is null).Select(table => table.Name), cancellationToken).ConfigureAwait(false);
        }

        int blockSize = int.Parse((await leader.Connection.ScalarAsync("SELECT pg_catalog.current_setting('block_size')", cancellationToken).ConfigureAwait(false))!, CultureInfo.InvariantCulture);
        EngineInfo engine = await EngineFacts.ReadAsync(leader.Connection, cancellationToken).ConfigureAwait(false);
        List<DataUnit> units = [.. TableSlicer.Units(tables, request.Jobs, engine.Version, blockSize)];
        string? omitted = request.Scope.SchemaOnly ? "schema only" : filter.Includes ? "excluded" : null;
        if (await LargeObjectRows.DescribeAsync(leader.Connection, omitted, cancellationToken).ConfigureAwait(false) is { } largeObjects)
        {
            tables.Add(largeObjects);
            units.AddRange(omitted is null ? await LargeObjectRows.UnitsAsync(leader.Connection, largeObjects, cancellationToken).ConfigureAwait(false) : []);
        }

        return new BackupContents
        {
            Source = new ManifestSource(DatabaseEngine.PostgreSql, engine.Version, engine.VersionText, address.DatabaseName, address.Display),
            SnapshotTime = leader.Time,
            Schema = schema.Schema,
            Tables = [.. tables.Select(ToManifest)],
            Units = units,
            Coverage = SourceState.Coverage(schema),
            State = request.Scope.SchemaOnly ? new Dictionary<string, string>(StringComparer.Ordinal) : SourceState.Of(schema, largeObjects: omitted is null),
            Properties = ManifestProperties.Of(schema),
        };
    }

    private Func<TableInfo, string?> Choice(ScopeFilter filter)
    {
        if (Archived is null)
        {
            filter.CheckAllMatched();
            return filter.ReasonToOmit;
        }

        var omitted = Archived.ToDictionary(table => table.Name, table => table.RowsOmitted, StringComparer.Ordinal);
        return table => request.Scope.SchemaOnly ? "schema only" : omitted.GetValueOrDefault(table.Name);
    }

    private SourceTable InOrder(SourceTable table) =>
        ColumnOrder.TryGetValue(table.Name, out IReadOnlyList<string>? columns) && table.Columns.ToHashSet(StringComparer.Ordinal).SetEquals(columns) ? table with { Columns = columns } : table;

    private static ManifestTable ToManifest(SourceTable table) =>
        new(table.Name, table.Columns, null) { RowsOmitted = table.RowsOmitted, KeyColumns = table.KeyColumns, Properties = table.Properties };

    private void Say(string message) => request.Observer.OnMessage(MessageLevel.Verbose, message);
}
