using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using Npgsql;

using SafeDb.Errors;
using SafeDb.Observation;
using SafeDb.PostgreSql.Connections;

namespace SafeDb.PostgreSql.Restore;

/// <summary>
/// A database that a restore makes aside. Its name says what it is, and as long as its maker lives he holds an advisory lock of that name, visible in <c>pg_locks</c> to everybody
/// on the server: a copy without its lock was left by a process that died, and the next restore removes it.
/// </summary>
internal sealed class AsideDatabase : IAsyncDisposable
{
    /// <summary>Class of the advisory locks of copies.</summary>
    private const int LockClass = 0x5AFEDB;

    private const int DropAttempts = 4;

    // Sessions that only others may end, the server's cleaners among them, go by themselves or are ended by the server.
    private static readonly TimeSpan SessionPatience = TimeSpan.FromSeconds(10);
    private const string Comment = "Copy made by SafeDb; removed by the next restore when its maker is gone.";

    private readonly ServerConnections _maintenance;
    private readonly NpgsqlConnection _owner;
    private readonly IOperationObserver _observer;
    private bool _exists;

    private AsideDatabase(ServerConnections maintenance, NpgsqlConnection owner, string name, IOperationObserver observer)
    {
        _observer = observer;
        _maintenance = maintenance;
        _owner = owner;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Takes the lock, then creates the database.</summary>
    public static async Task<AsideDatabase> CreateAsync(
        ServerConnections maintenance, string name, string options, IOperationObserver observer, CancellationToken cancellationToken)
    {
        NpgsqlConnection owner = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        var aside = new AsideDatabase(maintenance, owner, name, observer);
        try
        {
            if (owner.PostgreSqlVersion.Major >= 14)
            {
                await owner.ExecuteAsync("SET idle_session_timeout = 0", cancellationToken).ConfigureAwait(false);
            }

            await owner.ExecuteAsync("SET statement_timeout = 0", cancellationToken).ConfigureAwait(false);
            await owner.ExecuteAsync($"SELECT pg_catalog.pg_advisory_lock({LockClass}, {LockKey(name)})", cancellationToken).ConfigureAwait(false);

            // From here on it may exist even when the call fails: a cancellation can come after the server's commit.
            aside._exists = true;
            await owner.ExecuteAsync($"CREATE DATABASE {Identifiers.Quote(name)} TEMPLATE template0{options}", cancellationToken).ConfigureAwait(false);
            await owner.ExecuteAsync($"COMMENT ON DATABASE {Identifiers.Quote(name)} IS {Identifiers.Literal(Comment)}", cancellationToken).ConfigureAwait(false);
            return aside;
        }
        catch
        {
            await aside.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes copies whose makers are gone. What cannot be removed is said and left.</summary>
    public static async Task RemoveStaleAsync(ServerConnections maintenance, IOperationObserver observer, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await maintenance.OpenAsync(ConnectionUse.Statements, cancellationToken).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        IReadOnlyList<string?[]> candidates = await connection.RowsAsync(
            """
            SELECT datname FROM pg_catalog.pg_database
            WHERE datname LIKE '%\_safedb\_%' AND pg_catalog.pg_has_role(datdba, 'USAGE')
              AND COALESCE(pg_catalog.shobj_description(oid, 'pg_database'), 'Copy made by SafeDb') LIKE 'Copy made by SafeDb%'
            """,
            cancellationToken).ConfigureAwait(false);
        foreach (string name in candidates.Select(row => row[0]!).Where(DatabaseNames.IsAside))
        {
            await RemoveIfStaleAsync(maintenance, connection, name, observer, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The database lives on under another name: it is no longer a copy.</summary>
    public void Release() => _exists = false;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_exists)
            {
                await DropAsync().ConfigureAwait(false);
                _exists = false;
            }
        }
        finally
        {
            await _owner.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A copy that cannot be removed now (the server is gone) loses its lock with this process, and the next restore removes it: that is said, and hides no other failure.
    private async Task DropAsync()
    {
        long begin = Stopwatch.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await DropOnceAsync().ConfigureAwait(false);
                return;
            }
            catch (SafeDbException refused) when (attempt < DropAttempts || (IsInUse(refused) && Stopwatch.GetElapsedTime(begin) < SessionPatience))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500)).ConfigureAwait(false);
            }
            catch (SafeDbException refused)
            {
                _observer.OnMessage(MessageLevel.Warning, $"The copy {Name} could not be removed ({refused.Message}); the next restore on this server removes it.");
                return;
            }
        }
    }

    // On a new connection: the one that holds the lock may be the reason for the clean-up.
    private async Task DropOnceAsync()
    {
        NpgsqlConnection connection = await _maintenance.OpenAsync(ConnectionUse.Statements, CancellationToken.None).ConfigureAwait(false);
        await using var connectionScope = connection.ConfigureAwait(false);
        await DropAsync(_maintenance, connection, Name, CancellationToken.None).ConfigureAwait(false);
    }

    private static async Task RemoveIfStaleAsync(ServerConnections maintenance, NpgsqlConnection connection, string name, IOperationObserver observer, CancellationToken cancellationToken)
    {
        // The maker's lock may be in any database of the server; our own only keeps two cleaners apart.
        bool alive = await connection.TestAsync(
            $"SELECT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND classid::pg_catalog.int8 = {LockClass} AND objid::pg_catalog.int8 = {(uint)LockKey(name)} AND objsubid = 2)",
            cancellationToken).ConfigureAwait(false);
        if (alive || !await connection.TestAsync($"SELECT pg_catalog.pg_try_advisory_lock({LockClass}, {LockKey(name)})", cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await DropAsync(maintenance, connection, name, cancellationToken).ConfigureAwait(false);
            observer.OnMessage(MessageLevel.Verbose, $"Removed {name}, left by a restore that died.");
        }
        catch (SafeDbException refused)
        {
            observer.OnMessage(MessageLevel.Warning, $"The copy {name} was left by a restore that died and cannot be removed: {refused.Message}");
        }
        finally
        {
            await connection.ExecuteAsync($"SELECT pg_catalog.pg_advisory_unlock({LockClass}, {LockKey(name)})", CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task DropAsync(ServerConnections maintenance, NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await Subscriptions.RemoveAllAsync(maintenance.Address, connection, name, cancellationToken).ConfigureAwait(false);
        string database = Identifiers.Quote(name);
        try
        {
            if (connection.PostgreSqlVersion.Major >= 13)
            {
                await connection.ExecuteAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)", cancellationToken).ConfigureAwait(false);
                return;
            }
        }
        catch (SafeDbException refused) when (refused.Error.EngineCode == PostgresErrorCodes.InsufficientPrivilege)
        {
            // FORCE wants the right to end every session, and only a superuser has it over the server's own cleaners. Without FORCE the server ends those itself, and waits five seconds for the others.
        }

        await OtherSessions.EndAsync(connection, [name]).ConfigureAwait(false);
        await connection.ExecuteAsync("SET statement_timeout = 0", cancellationToken).ConfigureAwait(false);
        await connection.ExecuteAsync($"DROP DATABASE IF EXISTS {database}", cancellationToken).ConfigureAwait(false);
    }

    private static bool IsInUse(SafeDbException refused) => refused.Error.EngineCode == PostgresErrorCodes.ObjectInUse;

    private static int LockKey(string name) => BinaryPrimitives.ReadInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
