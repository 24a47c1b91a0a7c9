using System.Globalization;

using Npgsql;

using SafeDb.Addresses;
using SafeDb.Archive;
using SafeDb.Observation;
using SafeDb.PostgreSql.Addresses;
using SafeDb.PostgreSql.Backup;
using SafeDb.PostgreSql.Connections;
using SafeDb.Providers;

namespace SafeDb.PostgreSql.Restore;

/// <summary>What is known of the target before anything is changed.</summary>
/// <param name="ServerVersion">The server's version.</param>
/// <param name="Live">The database that has the target's name (an empty one for <see cref="RestoreMode.New"/>), or null when there is none.</param>
internal sealed record TargetFacts(int ServerVersion, LiveDatabase? Live)
{
    /// <summary>Sessions of others in the database that is replaced, which the swap ends.</summary>
    public int Sessions { get; init; }

    /// <summary>Roles that the archive refers to and the server does not have.</summary>
    public IReadOnlySet<string> MissingRoles { get; init; } = new HashSet<string>(StringComparer.Ordinal);
}

/// <summary>Checks all that can be checked before a restore. Changes nothing.</summary>
internal sealed class RestoreChecks(RestoreRequest request, ArchiveManifest manifest, ServerConnections maintenance)
{
    // A copy needs its rows, their indexes and the log of both; twice the rows is what pg_restore's users plan with.
    private const int RoomFactor = 2;

    /// <summary>Runs all checks.</summary>
    public async Task<TargetFacts> RunAsync(CancellationToken cancellationToken)
    {
        if (manifest.Source.Engine != DatabaseEngine.PostgreSql)
        {
            throw PostgreSqlRestoreErrors.OtherEngine.Exception(manifest.Source.Engine);
        }

        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);

        await using var connectionScope = connection.ConfigureAwait(false);
        int version = int.Parse((await connection.ScalarAsync("SELECT pg_catalog.current_setting('server_version_num')", cancellationToken).ConfigureAwait(false))!, CultureInfo.InvariantCulture);
        if (version / 10000 < manifest.Source.EngineVersion / 10000)
        {
            throw PostgreSqlRestoreErrors.ServerOlder.Exception(manifest.Source.EngineVersionText, connection.ServerVersion);
        }

        await CheckWritableAsync(connection, cancellationToken).ConfigureAwait(false);
        string name = request.Address.DatabaseName;
        LiveDatabase? live = request.Mode == RestoreMode.Scratch || !await CheckTargetAsync(connection, name, cancellationToken).ConfigureAwait(false) ? null
            : await LiveDatabase.ReadAsync(connection, name, version, manifest, request.Observer, cancellationToken).ConfigureAwait(false);
        await CheckMaintenanceAsync(connection, name, version, live, cancellationToken).ConfigureAwait(false);
        IReadOnlySet<string> missingRoles = await CheckRolesAsync(connection, cancellationToken).ConfigureAwait(false);
        await CheckTablespacesAsync(connection, cancellationToken).ConfigureAwait(false);
        await CheckExtensionsAsync(connection, cancellationToken).ConfigureAwait(false);
        await CheckRoomAsync(connection, cancellationToken).ConfigureAwait(false);
        return new TargetFacts(version, live) { MissingRoles = missingRoles, Sessions = live is null ? 0 : await OtherSessions.CheckAsync(connection, name, cancellationToken).ConfigureAwait(false) };
    }

    private static async Task CheckWritableAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(
            "SELECT current_user, rolsuper OR rolcreatedb, pg_catalog.pg_is_in_recovery() FROM pg_catalog.pg_roles WHERE rolname = current_user", cancellationToken).ConfigureAwait(false);
        if (IsTrue(rows[0][2]))
        {
            throw PostgreSqlErrors.ReadOnly.Exception("the server is a standby");
        }

        if (!IsTrue(rows[0][1]))
        {
            throw PostgreSqlRestoreErrors.NoCreateDatabase.Exception(rows[0][0]);
        }
    }

    // Gives whether there is a database of that name.
    private async Task<bool> CheckTargetAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(
            """
            SELECT d.datistemplate, pg_catalog.pg_has_role(d.datdba, 'USAGE') OR r.rolsuper,
                   EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts p WHERE p.database = d.datname), current_user
            FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.rolname = current_user WHERE d.datname = $1
            """,
            cancellationToken,
            name).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            return request.Mode == RestoreMode.Replace ? throw PostgreSqlRestoreErrors.TargetMissing.Exception(name) : false;
        }

        string?[] row = rows[0];
        if (IsTrue(row[0]) || name is "postgres" || maintenance.Address.DatabaseName == name)
        {
            throw PostgreSqlRestoreErrors.TargetProtected.Exception(name, "it is the server's own");
        }

        if (!IsTrue(row[1]))
        {
            throw PostgreSqlRestoreErrors.NotOwner.Exception(row[3], name);
        }

        if (IsTrue(row[2]))
        {
            throw PostgreSqlRestoreErrors.TargetProtected.Exception(name, "it has prepared transactions; commit or roll them back first");
        }

        if (request.Mode == RestoreMode.New)
        {
            await CheckEmptyAsync(name, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await WarnOfReplicationAsync(connection, name, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    // A swap changes names; slots and subscriptions stay with the database that they were made in.
    private async Task WarnOfReplicationAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> bound = await connection.RowsAsync(
            """
            SELECT 'logical replication slot ' || slot_name FROM pg_catalog.pg_replication_slots WHERE database = $1 AND NOT temporary
            UNION ALL SELECT 'subscription ' || s.subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = $1 ORDER BY 1
            """,
            cancellationToken,
            name).ConfigureAwait(false);
        foreach (string what in bound.Select(row => row[0]!))
        {
            request.Observer.OnMessage(MessageLevel.Warning, $"The {what} stays with the old database when {name} is replaced: set replication up again afterwards.");
        }
    }

    // To end somebody's maintenance by a swap because its mark cannot be written would open the database.
    private static async Task CheckMaintenanceAsync(NpgsqlConnection connection, string name, int version, LiveDatabase? live, CancellationToken cancellationToken)
    {
        if (live is { Maintenance: not null, IsSuperuser: false }
            && (version < 150000 || !await connection.TestAsync("SELECT pg_catalog.has_parameter_privilege($1, 'SET')", cancellationToken, PostgreSqlMaintenanceMode.Mark).ConfigureAwait(false)))
        {
            throw PostgreSqlRestoreErrors.MaintenanceLost.Exception(name, live.User);
        }
    }

    private async Task CheckEmptyAsync(string name, CancellationToken cancellationToken)
    {
        var target = new ServerConnections(request.Address);
        await using var targetScope = target.ConfigureAwait(false);
        NpgsqlConnection connection = await target.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        string? found = await connection.ScalarAsync(
            """
            SELECT pg_catalog.string_agg(what, ', ') FROM (
              SELECT pg_catalog.count(*) || ' relations' AS what FROM pg_catalog.pg_class WHERE oid >= 16384 AND relnamespace <> 'pg_toast'::pg_catalog.regnamespace
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = pg_class.oid AND d.deptype = 'e') HAVING pg_catalog.count(*) > 0
              UNION ALL SELECT pg_catalog.count(*) || ' functions' FROM pg_catalog.pg_proc WHERE oid >= 16384
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = pg_proc.oid AND d.deptype = 'e') HAVING pg_catalog.count(*) > 0
              UNION ALL SELECT pg_catalog.count(*) || ' types' FROM pg_catalog.pg_type WHERE oid >= 16384 AND typtype IN ('d', 'e', 'r') HAVING pg_catalog.count(*) > 0
              UNION ALL SELECT pg_catalog.count(*) || ' schemas' FROM pg_catalog.pg_namespace WHERE oid >= 16384 HAVING pg_catalog.count(*) > 0
              UNION ALL SELECT pg_catalog.count(*) || ' subscriptions' FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
                WHERE d.datname = pg_catalog.current_database() HAVING pg_catalog.count(*) > 0
              UNION ALL SELECT pg_catalog.count(*) || ' large objects' FROM pg_catalog.pg_largeobject_metadata HAVING pg_catalog.count(*) > 0) found
            """,
            cancellationToken).ConfigureAwait(false);
        if (found is not null)
        {
            throw PostgreSqlRestoreErrors.TargetNotEmpty.Exception(name, found);
        }
    }

    private async Task<IReadOnlySet<string>> CheckRolesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        HashSet<string> there = [.. (await connection.RowsAsync("SELECT rolname FROM pg_catalog.pg_roles", cancellationToken).ConfigureAwait(false)).Select(row => row[0]!)];
        HashSet<string> missing = [.. ManifestProperties.Roles(manifest.Properties).Where(role => !there.Contains(role))];
        string[] needed = [.. request.NoOwner && request.NoPrivileges ? NamedBesideOthers(missing) : missing];
        if (needed.Length > 0)
        {
            throw PostgreSqlRestoreErrors.RolesMissing.Exception(string.Join(", ", needed));
        }

        return missing;
    }

    // A policy of missing roles alone concerns nobody. One that holds for others too may not go: without a restrictive one they would see more.
    private IEnumerable<string> NamedBesideOthers(HashSet<string> missing) => manifest.SchemaObjects.Select(item => RoleText.Of(item).ToArray())
        .Where(roles => !roles.All(missing.Contains)).SelectMany(roles => roles).Where(missing.Contains).Distinct(StringComparer.Ordinal);

    private async Task CheckTablespacesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        HashSet<string> there = [.. (await connection.RowsAsync("SELECT spcname FROM pg_catalog.pg_tablespace", cancellationToken).ConfigureAwait(false)).Select(row => row[0]!)];
        string[] missing = [.. TablespaceText.All(manifest).Where(tablespace => !there.Contains(tablespace)).Order(StringComparer.Ordinal)];
        if (missing.Length > 0)
        {
            throw PostgreSqlRestoreErrors.TablespaceMissing.Exception(string.Join(", ", missing));
        }
    }

    private async Task CheckExtensionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> available = await connection.RowsAsync("SELECT name, version FROM pg_catalog.pg_available_extension_versions", cancellationToken).ConfigureAwait(false);
        HashSet<(string, string)> versions = [.. available.Select(row => (row[0]!, row[1]!))];
        string[] missing = [.. ManifestProperties.Extensions(manifest.Properties).Where(extension => !versions.Contains(extension)).Select(extension => $"{extension.Name} {extension.Version}")];
        if (missing.Length > 0)
        {
            throw PostgreSqlRestoreErrors.ExtensionMissing.Exception(string.Join(", ", missing));
        }
    }

    // Only a superuser may know where the data lies, and only on the server's own host can its free space be seen; everywhere else a full disk shows itself as an error of the load.
    private async Task CheckRoomAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        string host = new NpgsqlConnectionStringBuilder(request.Address.GetConnectionString()).Host ?? "";
        string? directory = await connection.ScalarAsync("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'", cancellationToken).ConfigureAwait(false);
        bool local = host.StartsWith('/') || host is "localhost" or "127.0.0.1" or "::1";
        long needed = request.SchemaOnly ? 0 : RoomFactor * manifest.Tables.Sum(table => table.Fingerprint?.Bytes ?? 0);
        if (!local || directory is null || !Directory.Exists(directory))
        {
            return;
        }

        long free = new DriveInfo(directory).AvailableFreeSpace;
        if (free < needed)
        {
            throw PostgreSqlRestoreErrors.NoRoom.Exception(free, needed);
        }

        request.Observer.OnMessage(MessageLevel.Debug, $"The server's disk has {free} free bytes, the restore may need {needed}.");
    }

    private static bool IsTrue(string? value) => string.Equals(value, bool.TrueString, StringComparison.OrdinalIgnoreCase);
}
