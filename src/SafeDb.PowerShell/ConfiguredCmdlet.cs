using System.Management.Automation;

using SafeDb.Addresses;
using SafeDb.Configuration;
using SafeDb.PowerShell.Hosting;

namespace SafeDb.PowerShell;

/// <summary>Base of the cmdlets that read <c>safedb.json</c>.</summary>
public abstract class ConfiguredCmdlet : SafeDbCmdlet
{
    private SafeDbConfiguration? _configuration;
    private SafeDbEngine? _engine;

    /// <summary>Name of the environment in safedb.json whose policy holds. By default that of the database, else production.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.EnvironmentCompleter))]
    public string? Environment { get; set; }

    /// <summary>Path of the configuration file. By default safedb.json of the current location or of the nearest folder above it.</summary>
    [Parameter]
    public string? ConfigPath { get; set; }

    private protected SafeDbEngine Core => _engine ?? throw new InvalidOperationException("The cmdlet has not begun.");

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();

        // Here, on the pipeline's thread: the engine's own threads belong to no session.
        _engine = SessionEngine.Current;
    }

    private protected SafeDbConfiguration Configuration =>
        _configuration ??= ConfigurationLoader.Load(ConfigPath is null ? null : Paths.Literal(ConfigPath), Paths.CurrentFolder);

    private protected ResolvedDatabase ResolveDatabase(string? text) =>
        Core.Resolver(Configuration).Resolve(text is null || Configuration.Databases.ContainsKey(text) ? text : Paths.DatabaseText(text), Environment, Variable);

    // A file in DATABASE_URL starts from where the session stands as well.
    private string? Variable(string name) => System.Environment.GetEnvironmentVariable(name) is not { Length: > 0 } value ? null
        : name == "DATABASE_URL" ? Paths.DatabaseText(value) : value;

    /// <summary>The address after <c>-Scratch</c>; null without one.</summary>
    private protected DatabaseAddress? ScratchAddress(string? text) => text is null ? null : Core.Engines.Parse(Paths.DatabaseText(text));

    /// <summary>The folder of migrations that <c>-Path</c> or the database's settings name.</summary>
    private protected string MigrationFolder(string? path, DatabaseSettings? database) => path is not null ? Paths.Literal(path)
        : database?.Migrations is { } configured ? System.IO.Path.GetFullPath(configured, Configuration.Folder ?? Paths.CurrentFolder)
        : throw PathErrors.NoMigrations.Exception();

    private protected ResolvedDestination ResolveDestination(string? text, DatabaseSettings? database)
    {
        bool isName = text is null || Configuration.Destinations.ContainsKey(text);
        return new DestinationResolver(Configuration).Resolve(isName ? text : Paths.FolderOrAddress(text!), database, Paths.CurrentFolder);
    }
}
