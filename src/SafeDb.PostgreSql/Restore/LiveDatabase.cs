using Npgsql;

using SafeDb.Archive;
using SafeDb.MaintenanceModes;
using SafeDb.Observation;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Schema;
using SafeDb.PostgreSql.Schema.Facts;

namespace SafeDb.PostgreSql.Restore;

/// <summary>The database that has the target's name and is replaced.</summary>
/// <param name="Properties">What belongs to it and not to what is in it, as <see cref="DatabaseProperties"/> reads it.</param>
/// <param name="Tablespace">The tablespace in which the copy is to lie as well; null for the server's own choice.</param>
internal sealed record LiveDatabase(IReadOnlyDictionary<string, string> Properties, string? Tablespace)
{
    /// <summary>The user who restores.</summary>
    public required string User { get; init; }

    /// <summary>Whether he is a superuser.</summary>
    public required bool IsSuperuser { get; init; }

    /// <summary>The mark of the maintenance that it is under; null when it is not.</summary>
    public MaintenanceMark? Maintenance { get; init; }

    /// <summary>Whether it takes no connections (<c>ALLOW_CONNECTIONS false</c>).</summary>
    public bool IsClosed { get; init; }

    /// <summary>Reads it, over a connection to another database of the server. Says it when the copy cannot lie where the database lies.</summary>
    public static async Task<LiveDatabase> ReadAsync(
        NpgsqlConnection connection, string name, int serverVersion, ArchiveManifest manifest, IOperationObserver observer, CancellationToken cancellationToken)
    {
        string user = (await connection.ScalarAsync("SELECT current_user", cancellationToken).ConfigureAwait(false))!;
        bool superuser = await connection.TestAsync("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user", cancellationToken).ConfigureAwait(false);
        var reader = new CatalogReader(connection, serverVersion);
        try
        {
            Dictionary<string, string> properties = await DatabaseProperties.ReadAsync(reader, name, cancellationToken).ConfigureAwait(false);
            return new LiveDatabase(properties, await TablespaceAsync(connection, name, properties["tablespace"], manifest, observer, cancellationToken).ConfigureAwait(false))
            {
                User = user,
                IsSuperuser = superuser,
                Maintenance = await DatabaseProperties.ReadMaintenanceAsync(reader, name, cancellationToken).ConfigureAwait(false),
                IsClosed = await IsClosedAsync(connection, name, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    /// <summary>The same with what keeps others out of it now: a load takes long, and that may have begun or ended meanwhile.</summary>
    public async Task<LiveDatabase> AsClosedAsNowAsync(ServerConnections server, string name, int serverVersion, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await server.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        try
        {
            return this with
            {
                Maintenance = await DatabaseProperties.ReadMaintenanceAsync(new CatalogReader(connection, serverVersion), name, cancellationToken).ConfigureAwait(false),
                IsClosed = await IsClosedAsync(connection, name, cancellationToken).ConfigureAwait(false),
            };
        }
        catch (Exception exception)
        {
            throw ErrorTranslator.Translate(exception, null, cancellationToken);
        }
    }

    private static Task<bool> IsClosedAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.TestAsync("SELECT NOT datallowconn FROM pg_catalog.pg_database WHERE datname = $1", cancellationToken, name);

    private static async Task<string?> TablespaceAsync(
        NpgsqlConnection connection, string name, string tablespace, ArchiveManifest manifest, IOperationObserver observer, CancellationToken cancellationToken)
    {
        if (await connection.TestAsync(
            "SELECT s.spcname = $1 FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace s ON s.oid = d.dattablespace WHERE d.datname = 'template0'", cancellationToken, tablespace).ConfigureAwait(false))
        {
            return null;
        }

        string? obstacle = await ObstacleAsync(connection, tablespace, manifest, cancellationToken).ConfigureAwait(false);
        if (obstacle is not null)
        {
            observer.OnMessage(MessageLevel.Warning, $"{name} lies in the tablespace {tablespace}, and the restored database will lie in the server's default one: {obstacle}.");
        }

        return obstacle is null ? tablespace : null;
    }

    private static async Task<string?> ObstacleAsync(NpgsqlConnection connection, string tablespace, ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        // In a database that lies there such an object is one without a tablespace of its own, so that the copy would not be equal.
        return TablespaceText.All(manifest).Contains(tablespace, StringComparer.Ordinal) ? "in the archive that is the tablespace of single objects"
            : await connection.TestAsync("SELECT pg_catalog.has_tablespace_privilege($1, 'CREATE')", cancellationToken, tablespace).ConfigureAwait(false) ? null
            : "this user may not create in it";
    }
}
