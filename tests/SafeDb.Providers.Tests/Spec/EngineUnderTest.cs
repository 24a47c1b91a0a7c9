using SafeDb.Addresses;
using SafeDb.Providers;

namespace SafeDb.Providers.Tests.Spec;

/// <summary>What a specification suite needs to know of an engine. One per test; disposing removes what it made.</summary>
public abstract class EngineUnderTest : IAsyncDisposable
{
    public abstract IDatabaseProvider Provider { get; }

    /// <summary>Makes an empty database.</summary>
    public abstract Task<DatabaseAddress> CreateDatabaseAsync();

    /// <summary>An address where no database is, beside the others.</summary>
    public abstract DatabaseAddress MissingDatabase();

    /// <summary>The address text of a database, as a user would write it.</summary>
    public abstract string TextOf(DatabaseAddress address);

    /// <summary>Where scratch copies may be made.</summary>
    public abstract DatabaseAddress ScratchPlace { get; }

    /// <summary>Names of everything there is on the server or in the folder, to see whether something was left.</summary>
    public abstract Task<IReadOnlyList<string>> ListEverythingAsync();

    /// <summary>Statements that make <c>parent(id, name)</c> and <c>child(id, parent_id -> parent ON DELETE CASCADE)</c>, an index, a view, and rows.</summary>
    public abstract IReadOnlyList<string> SampleSchema { get; }

    public abstract ValueTask DisposeAsync();

    public async Task<DatabaseAddress> CreateSampleAsync()
    {
        DatabaseAddress address = await CreateDatabaseAsync();
        await RunAsync(address, [.. SampleSchema]);
        return address;
    }

    public async Task RunAsync(DatabaseAddress address, params string[] statements)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(address, CancellationToken.None);
        foreach (string statement in statements) await session.ExecuteAsync(statement, CancellationToken.None);
    }

    public async Task<long> CountAsync(DatabaseAddress address, string table)
    {
        await using IDatabaseSession session = await Provider.OpenSessionAsync(address, CancellationToken.None);
        await using var command = session.Connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
