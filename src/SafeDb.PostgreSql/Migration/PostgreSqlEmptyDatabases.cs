using Npgsql;

using SafeDb.Addresses;
using SafeDb.Migration;
using SafeDb.Observation;
using SafeDb.PostgreSql.Addresses;
using SafeDb.PostgreSql.Connections;
using SafeDb.PostgreSql.Restore;

namespace SafeDb.PostgreSql.Migration;

/// <summary>Empty databases on the server, under the names and the lock of a restore's copies: one that was left behind is removed like these.</summary>
public sealed class PostgreSqlEmptyDatabases : IEmptyDatabases
{
    /// <inheritdoc/>
    public async Task<IEmptyDatabase> CreateAsync(DatabaseAddress like, DatabaseAddress? scratch, IOperationObserver observer, CancellationToken cancellationToken)
    {
        string options = await OptionsAsync(like, cancellationToken).ConfigureAwait(false);
        ServerConnections maintenance = await Maintenance.OpenAsync(scratch ?? like, mayUseAddress: true, cancellationToken).ConfigureAwait(false);
        try
        {
            await AsideDatabase.RemoveStaleAsync(maintenance, observer, cancellationToken).ConfigureAwait(false);
            AsideDatabase aside = await AsideDatabase.CreateAsync(maintenance, DatabaseNames.Aside(like.DatabaseName), options, observer, cancellationToken).ConfigureAwait(false);
            return new EmptyDatabase(aside, maintenance, PostgreSqlAddressParser.WithDatabase(scratch ?? like, aside.Name));
        }
        catch
        {
            await maintenance.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Encoding and order of text as the database has them: both can change what a migration leads to.</summary>
    private static async Task<string> OptionsAsync(DatabaseAddress like, CancellationToken cancellationToken)
    {
        var connections = new ServerConnections(like);
        await using var connectionsScope = connections.ConfigureAwait(false);
        NpgsqlConnection connection = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        IReadOnlyList<string?[]> rows = await connection.RowsAsync(
            "SELECT pg_catalog.pg_encoding_to_char(encoding), datcollate, datctype FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()", cancellationToken).ConfigureAwait(false);
        string?[] row = rows[0];
        return $" ENCODING {Identifiers.Literal(row[0]!)} LC_COLLATE {Identifiers.Literal(row[1]!)} LC_CTYPE {Identifiers.Literal(row[2]!)}";
    }

    private sealed class EmptyDatabase(AsideDatabase aside, ServerConnections maintenance, DatabaseAddress address) : IEmptyDatabase
    {
        public DatabaseAddress Address => address;

        public async ValueTask DisposeAsync()
        {
            await aside.DisposeAsync().ConfigureAwait(false);
            await maintenance.DisposeAsync().ConfigureAwait(false);
        }
    }
}
