using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.PostgreSql.Addresses;
using SafeDb.PostgreSql.Backup;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Differences;
using SafeDb.Providers;
using SafeDb.Schema;

namespace SafeDb.PostgreSql.Restore;

/// <summary>A restore into a copy that stands aside on a PostgreSQL server.</summary>
internal sealed class PostgreSqlRestoreTarget : IRestoreTarget
{
    // Index builds of all jobs together may use this much; a server that has less swaps long before.
    private const int MaintenanceMegabytes = 512;

    private readonly RestoreRequest _request;
    private readonly ArchiveManifest _manifest;
    private readonly ServerConnections _maintenance;
    private readonly TargetFacts _facts;
    private readonly TimeProvider _time;
    private readonly BuildPlan _plan;
    private readonly RestoreChoice _choice;
    private readonly string _name;
    private readonly List<string> _leftEmpty = [];
    private readonly HashSet<string> _refusedSettings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _leftOut = new(StringComparer.Ordinal);
    private IReadOnlySet<string> _present = new HashSet<string>(StringComparer.Ordinal);
    private AsideDatabase? _aside;
    private ServerConnections? _connections;
    private PartLoader? _loader;

    private PostgreSqlRestoreTarget(RestoreRequest request, ArchiveManifest manifest, ServerConnections maintenance, TargetFacts facts, TimeProvider time)
    {
        (_request, _manifest, _maintenance, _facts, _time) = (request, manifest, maintenance, facts, time);
        _choice = new RestoreChoice(request, manifest, facts.MissingRoles);
        _plan = new BuildPlanner(manifest, _choice, facts.ServerVersion / 10000).Plan();
        _name = DatabaseNames.Aside(request.Mode == RestoreMode.Scratch ? manifest.Source.Database : request.Address.DatabaseName);
        Copy = PostgreSqlAddressParser.WithDatabase(request.Address, _name);
    }

    /// <inheritdoc/>
    public DatabaseAddress Copy { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Effects => _request.Mode != RestoreMode.Replace ? []
        : [.. _facts.Live?.Maintenance is null ? [] : new[] { $"{_request.Address.DatabaseName} stays under maintenance" }, _facts.Sessions == 0 ? $"No session of others is in {_request.Address.DatabaseName} now" : $"{Counted.Of(_facts.Sessions, "session")} of others in {_request.Address.DatabaseName} {Counted.Noun(_facts.Sessions, "is", "are")} ended"];

    // Objects that the archive has and the copy has not, each with its reason.
    private IEnumerable<KeyValuePair<string, string>> LeftOut => _leftOut.Concat(_choice.WithoutRole);

    private int MegabytesPerJob => Math.Max(64, MaintenanceMegabytes / Math.Max(1, _request.Jobs));

    /// <summary>Checks and makes ready.</summary>
    public static async Task<PostgreSqlRestoreTarget> OpenAsync(RestoreRequest request, ArchiveManifest manifest, TimeProvider time, CancellationToken cancellationToken)
    {
        ServerConnections maintenance = await Maintenance.OpenAsync(request.Address, request.Mode == RestoreMode.Scratch, cancellationToken).ConfigureAwait(false);
        try
        {
            await PoolerProbe.CheckAsync(maintenance, cancellationToken).ConfigureAwait(false);
            TargetFacts facts = await new RestoreChecks(request, manifest, maintenance).RunAsync(cancellationToken).ConfigureAwait(false);
            return new PostgreSqlRestoreTarget(request, manifest, maintenance, facts, time);
        }
        catch
        {
            await maintenance.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await AsideDatabase.RemoveStaleAsync(_maintenance, _request.Observer, cancellationToken).ConfigureAwait(false);
        string place = _facts.Live?.Tablespace is { } tablespace ? $" TABLESPACE {Identifiers.Quote(tablespace)}" : "";
        _aside = await AsideDatabase.CreateAsync(_maintenance, _name, ManifestProperties.CreateOptions(_manifest.Properties, _facts.ServerVersion) + place, _request.Observer, cancellationToken).ConfigureAwait(false);
        _connections = new ServerConnections(Copy);
        _loader = new PartLoader(_connections, _manifest, MegabytesPerJob);
        Say($"Copy {_name} created.");
        if (_request.Mode != RestoreMode.Scratch)
        {
            await RehearseSettingsAsync(cancellationToken).ConfigureAwait(false);
        }

        _present = await NewDatabase.AnnotationsAsync(_connections, cancellationToken).ConfigureAwait(false);
        await Builder().InOrderAsync(_plan.Before, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task LoadAsync(ManifestPart part, Stream plain, CancellationToken cancellationToken) => LoadAsync(part, wholeTable: false, plain, cancellationToken);

    /// <inheritdoc/>
    public Task LoadTableAsync(ManifestPart first, Stream plain, CancellationToken cancellationToken) => LoadAsync(first, wholeTable: true, plain, cancellationToken);

    /// <inheritdoc/>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _loader!.DisposeAsync().ConfigureAwait(false);
        CopyBuilder builder = Builder();
        Say("Building indexes.");
        await builder.AtOnceAsync(_plan.Indexes, cancellationToken).ConfigureAwait(false);
        await builder.InOrderAsync(_plan.After, cancellationToken).ConfigureAwait(false);
        Say("Adding and validating foreign keys.");
        await builder.InOrderAsync(_plan.ForeignKeys, cancellationToken).ConfigureAwait(false);
        foreach (string key in builder.LeftOut)
        {
            _leftOut[key] = "rows that it refers to were not restored, and a partitioned table takes no foreign key that is not validated";
        }

        await builder.AtOnceAsync(LastPassesOverRows(), cancellationToken).ConfigureAwait(false);
        if (_choice.Rows)
        {
            await FinishRowsAsync(builder, cancellationToken).ConfigureAwait(false);
        }

        await builder.InOrderAsync(_plan.Privileges, cancellationToken).ConfigureAwait(false);
        if (_choice.Rows)
        {
            await FillViewsAsync(builder, cancellationToken).ConfigureAwait(false);
        }

        await builder.InOrderAsync(_plan.Last, cancellationToken).ConfigureAwait(false);
        foreach (string key in _plan.Unvalidated)
        {
            _request.Observer.OnMessage(MessageLevel.Warning, $"{key} was left unvalidated: rows that it refers to were not restored.{Later(key, foreignKey => foreignKey.ValidateAlone)}");
        }

        foreach ((string key, string reason) in LeftOut)
        {
            _request.Observer.OnMessage(MessageLevel.Warning, $"{key} was left out: {reason}.{Later(key, foreignKey => foreignKey.AddValidated)}");
        }

        foreach (SchemaObject subscription in _manifest.SchemaObjects.Where(item => item.Kind == SubscriptionText.Kind && _request.Mode != RestoreMode.Scratch))
        {
            string slot = SubscriptionText.SlotOf(subscription.Definition) is { } name ? $"SET (slot_name = {name}) and " : "";
            _request.Observer.OnMessage(MessageLevel.Warning, $"{subscription.Key} is restored disabled and without a slot. When this database is to receive again: ALTER SUBSCRIPTION {subscription.Identity} {slot}ENABLE.");
        }

        await MakeDurableAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<RestoredContent> ReadContentAsync(RestoredContentRequest request, CancellationToken cancellationToken)
    {
        RestoredContent content = await new ContentReader(Copy, _manifest, _choice, _plan.Unvalidated, _leftOut.Keys.ToHashSet(StringComparer.Ordinal), _present, _time).ReadAsync(request, _request, cancellationToken).ConfigureAwait(false);
        return content with
        {
            State = SourceState.WithoutLeftEmpty(content.State, _leftEmpty),
            LeftOut = [.. LeftOut.Select(item => $"{item.Key}: {item.Value}")],
            NotCompared = [.. NotCompared()],
        };
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RowDifference>> FindDifferencesAsync(ManifestTable table, IArchivedData archive, int limit, CancellationToken cancellationToken) =>
        new DifferenceFinder(_connections!, table, archive, limit).FindAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<RestoreCommit> CommitAsync(CancellationToken cancellationToken)
    {
        if (_request.Mode == RestoreMode.Scratch || _aside is null)
        {
            throw Errors.GeneralErrors.Bug.Exception("a scratch copy is never put in the place of a database.");
        }

        string target = _request.Address.DatabaseName;
        DatabaseSwap swap = Swap();
        LiveDatabase? live = _facts.Live is null ? null : await _facts.Live.AsClosedAsNowAsync(_maintenance, target, _facts.ServerVersion, cancellationToken).ConfigureAwait(false);
        string[] settings = [.. Settings(live, target).Where(statement => !_refusedSettings.Contains(statement))];
        string? before = null;
        if (live is not null)
        {
            before = await swap.ReplaceAsync(_name, target, settings, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await swap.TakeFreeNameAsync(_name, target, settings, cancellationToken).ConfigureAwait(false);
        }

        _aside.Release();
        if (_request.Mode == RestoreMode.New && before is not null)
        {
            // It was empty when the restore began, and nobody could use it since the swap.
            await swap.DropAsync(before, CancellationToken.None).ConfigureAwait(false);
            before = null;
        }

        if (DatabaseSettings.Lost(live, target, _request) is { Count: > 0 } lost)
        {
            string kept = before is null ? "" : $", which is kept as {before}";
            _request.Observer.OnMessage(MessageLevel.Warning, $"Settings of single roles in {target} went with the database of before{kept}, since this user may not set them again; a superuser may: {string.Join("; ", lost.Select(DatabaseSettings.Shown))}.");
        }

        if (live?.Maintenance is not null)
        {
            _request.Observer.OnMessage(MessageLevel.Warning, $"{target} is still under maintenance, as it was before: Set-SafeDbMaintenance -State Off ends it.");
        }

        if (live is { IsClosed: true })
        {
            _request.Observer.OnMessage(MessageLevel.Warning, $"{target} still takes no connections, as it did before: ALTER DATABASE {Identifiers.Quote(target)} ALLOW_CONNECTIONS true opens it.");
        }

        Say(before is null ? $"{target} holds the restored data." : $"{target} holds the restored data; the database of before is kept as {before}.");
        return new RestoreCommit(_request.Address, before);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_loader is not null)
            {
                await _loader.DisposeAsync().ConfigureAwait(false);
            }

            if (_connections is not null)
            {
                await _connections.DisposeAsync().ConfigureAwait(false);
            }

            if (_aside is not null)
            {
                await _aside.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await _maintenance.DisposeAsync().ConfigureAwait(false);
        }
    }

    private IEnumerable<string> NotCompared()
    {
        if (_request.NoOwner && _manifest.SchemaObjects.Any(SchemaKinds.IsOwner)) yield return "owners";
        if (_request.NoPrivileges && _manifest.SchemaObjects.Any(SchemaKinds.IsPrivilege)) yield return "privileges";
    }

    // What a person does about a foreign key when the rows are there.
    private string Later(string key, Func<ForeignKeyText, string> statement) =>
        _manifest.SchemaObjects.Where(item => item.Key == key).Select(item => ConstraintText.ForeignKey(item.Definition)).FirstOrDefault() is { } foreignKey ? $" When they are there: {statement(foreignKey).Trim()}" : "";

    private DatabaseSwap Swap() => new(_maintenance, _request.Observer, _time);

    // The same statements for the copy's name and for the target's, in the same order.
    private async Task RehearseSettingsAsync(CancellationToken cancellationToken)
    {
        string target = _request.Address.DatabaseName;
        IReadOnlyList<string> refused = await Swap().RehearseAsync(Settings(_facts.Live, _name), cancellationToken).ConfigureAwait(false);
        _refusedSettings.UnionWith(Settings(_facts.Live, _name).Zip(Settings(_facts.Live, target)).Where(pair => refused.Contains(pair.First, StringComparer.Ordinal)).Select(pair => pair.Second));
        if (_refusedSettings.Count > 0)
        {
            _request.Observer.OnMessage(
                MessageLevel.Warning,
                $"Settings of {target} are left out, since this user may not make them; a superuser must afterwards, if they are to hold: {string.Join("; ", _refusedSettings.Select(DatabaseSettings.Shown))}.");
        }
    }

    private IReadOnlyList<string> Settings(LiveDatabase? live, string name) => DatabaseSettings.Statements(_manifest.Properties, live, name, _request);

    private Task LoadAsync(ManifestPart part, bool wholeTable, Stream plain, CancellationToken cancellationToken) =>
        _choice.HasRows(part.Target) ? _loader!.LoadAsync(part, wholeTable, plain, cancellationToken) : Task.CompletedTask;

    private async Task FinishRowsAsync(CopyBuilder builder, CancellationToken cancellationToken)
    {
        await builder.InOrderAsync(SourceState.SequenceSteps(_manifest.State), cancellationToken).ConfigureAwait(false);
        if (_choice.HasRows(SourceTable.LargeObjects))
        {
            await builder.InOrderAsync(SourceState.LargeObjectSteps(_manifest.State, !_request.NoOwner, !_request.NoPrivileges), cancellationToken).ConfigureAwait(false);
        }
    }

    // A view is filled in the name of its owner, who in the source too saw only the rows that policies let him see. One whose owner lost his rights since it was filled
    // cannot be filled in the source either: its rows are in no archive, and to run its query in another name would be a way to the restoring user's rights.
    private async Task FillViewsAsync(CopyBuilder builder, CancellationToken cancellationToken)
    {
        foreach (string view in ManifestProperties.FilledViews(_manifest.Properties))
        {
            try
            {
                var step = new BuildStep($"rows of {view}", $"SET row_security = on; REFRESH MATERIALIZED VIEW {view}; SET row_security = off", 0);
                await builder.InOrderAsync([step], cancellationToken).ConfigureAwait(false);
            }
            catch (SafeDbException failed) when (failed.Error.EngineCode is Npgsql.PostgresErrorCodes.InsufficientPrivilege or Npgsql.PostgresErrorCodes.ObjectNotInPrerequisiteState)
            {
                _leftEmpty.Add(view);
                _request.Observer.OnMessage(MessageLevel.Warning, $"{view} is left without rows, because its owner may not read what it is made of: {failed.Message} Grant that, then REFRESH MATERIALIZED VIEW {view}.");
            }
        }
    }

    // Statistics and the validation of foreign keys keep each other out of one table, not of different ones: so no worker waits for the other kind to end.
    private List<IReadOnlyList<BuildStep>> LastPassesOverRows()
    {
        IReadOnlyList<BuildStep> ValidationsOf(string table) => _plan.Validations.GetValueOrDefault(table) ?? [];
        BuildStep[] analyses = [.. _manifest.Tables.Where(table => _choice.Rows && IsAnalysed(table)).Select(table => new BuildStep(table.Name, $"ANALYZE {table.Name}", table.Fingerprint!.Bytes))];
        HashSet<string> analysed = [.. analyses.Select(step => step.Label)];
        return
        [
            .. analyses.Select(step => (IReadOnlyList<BuildStep>)[step with { Label = $"statistics of {step.Label}" }, .. ValidationsOf(step.Label)]),
            .. _plan.Validations.Where(group => !analysed.Contains(group.Key)).Select(group => group.Value),
        ];
    }

    private bool IsAnalysed(ManifestTable table) => table.Fingerprint is { Rows: > 0 } && _choice.HasRows(table.Name) && table.Name != SourceTable.LargeObjects;

    // The load runs without waiting for the log. One commit that does wait makes all before it durable: the log is one sequence.
    private async Task MakeDurableAsync(CancellationToken cancellationToken)
    {
        Npgsql.NpgsqlConnection connection = await _connections!.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        await connection.ExecuteAsync("SET synchronous_commit = on; SELECT pg_catalog.txid_current()", cancellationToken).ConfigureAwait(false);
    }

    private CopyBuilder Builder() => new(_connections!, Math.Max(1, _request.Jobs), MegabytesPerJob, _request.Observer)
    {
        Present = _present,
        Total = _plan.Before.Count + _plan.Indexes.Count + _plan.After.Count + _plan.ForeignKeys.Count + _plan.Validations.Values.Sum(group => group.Count) + _plan.Privileges.Count + _plan.Last.Count,
    };

    private void Say(string message) => _request.Observer.OnMessage(MessageLevel.Verbose, message);
}
