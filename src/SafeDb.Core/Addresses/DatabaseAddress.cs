namespace SafeDb.Addresses;

/// <summary>The engines that SafeDb knows.</summary>
public enum DatabaseEngine
{
    /// <summary>SQLite, a file.</summary>
    Sqlite,

    /// <summary>PostgreSQL.</summary>
    PostgreSql,

    /// <summary>Microsoft SQL Server and Azure SQL.</summary>
    SqlServer,
}

/// <summary>
/// Where a database is. Holds the secret parts privately: <see cref="ToString"/>, records and logs only ever show <see cref="Display"/>.
/// Made by a provider's <c>TryParse</c>.
/// </summary>
public sealed class DatabaseAddress
{
    private readonly string _connectionString;

    /// <summary>Creates an address.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="connectionString">The driver's connection string, secrets included.</param>
    /// <param name="display">The same address without anything secret, in URI form.</param>
    /// <param name="databaseName">Name of the database on its server, or the file name without folder and extension for SQLite.</param>
    public DatabaseAddress(DatabaseEngine engine, string connectionString, string display, string databaseName)
    {
        Engine = engine;
        _connectionString = connectionString;
        Display = display;
        DatabaseName = databaseName;
    }

    /// <summary>The engine.</summary>
    public DatabaseEngine Engine { get; }

    /// <summary>The address without secrets.</summary>
    public string Display { get; }

    /// <summary>The database's own name.</summary>
    public string DatabaseName { get; }

    /// <summary>The name given to it in <c>safedb.json</c>, or null.</summary>
    public string? ConfiguredName { get; init; }

    /// <summary>The driver's connection string. A method, so that serialisers and formatters never touch it.</summary>
    public string GetConnectionString() => _connectionString;

    /// <inheritdoc/>
    public override string ToString() => Display;
}
