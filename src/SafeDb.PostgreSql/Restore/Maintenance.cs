using Npgsql;

using SafeDb.Addresses;
using SafeDb.Errors;
using SafeDb.PostgreSql.Addresses;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// Connections to a database of the server that is neither the target nor the copy: databases are created, renamed and dropped from there. <c>postgres</c>, else
/// <c>template1</c>, else (to make a scratch copy only) the database of the address itself.
/// </summary>
internal static class Maintenance
{
    private static readonly string[] Usual = ["postgres", "template1"];

    /// <summary>Finds one that lets this user in.</summary>
    public static async Task<ServerConnections> OpenAsync(DatabaseAddress address, bool mayUseAddress, CancellationToken cancellationToken)
    {
        SafeDbException? first = null;
        foreach (string name in Usual.Where(name => name != address.DatabaseName || mayUseAddress).Concat(mayUseAddress ? [address.DatabaseName] : []))
        {
            var connections = new ServerConnections(PostgreSqlAddressParser.WithDatabase(address, name));
            try
            {
                NpgsqlConnection probe = await connections.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
                await using var probeScope = probe.ConfigureAwait(false);
                return connections;
            }
            catch (SafeDbException closed)
            {
                await connections.DisposeAsync().ConfigureAwait(false);
                first ??= closed;
                if (closed.Id != PostgreSqlErrors.DatabaseMissing.Id && closed.Error.EngineCode is not ("42501" or "28000" or "55000"))
                {
                    break;
                }
            }
        }

        throw first!;
    }
}
