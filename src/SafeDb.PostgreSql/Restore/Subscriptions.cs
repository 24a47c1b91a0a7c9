using Npgsql;

using SafeDb.Addresses;
using SafeDb.PostgreSql.Addresses;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Restore;

/// <summary>Subscriptions of a copy. As long as it has one, the server drops it by no means.</summary>
internal static class Subscriptions
{
    /// <summary>
    /// Takes the subscriptions of a copy away. Each is first parted from its slot, so that nothing is sent to the publisher, where the slot may be the live database's.
    /// </summary>
    public static async Task RemoveAllAsync(DatabaseAddress server, NpgsqlConnection connection, string database, CancellationToken cancellationToken)
    {
        IReadOnlyList<string?[]> names = await connection.RowsAsync(
            "SELECT s.subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid WHERE d.datname = $1", cancellationToken, database).ConfigureAwait(false);
        if (names.Count == 0)
        {
            return;
        }

        var copy = new ServerConnections(PostgreSqlAddressParser.WithDatabase(server, database));
        await using var copyScope = copy.ConfigureAwait(false);
        NpgsqlConnection inside = await copy.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var insideScope = inside.ConfigureAwait(false);
        foreach (string name in names.Select(row => Identifiers.Quote(row[0]!)))
        {
            await inside.ExecuteAsync($"ALTER SUBSCRIPTION {name} DISABLE", cancellationToken).ConfigureAwait(false);
            await inside.ExecuteAsync($"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)", cancellationToken).ConfigureAwait(false);
            await inside.ExecuteAsync($"DROP SUBSCRIPTION {name}", cancellationToken).ConfigureAwait(false);
        }
    }
}
